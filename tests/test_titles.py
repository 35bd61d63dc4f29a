"""Titles: as plain text, as slugs and as keys for comparing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.facts import titles


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("A Plain Title", "A Plain Title"),
        ("  two \n lines\u00a0here ", "two lines here"),
        (r"$\textbf{S}^2$IP-Loom", "S²IP-Loom"),
        ("Days, Not Months -- Your Loom", "Days, Not Months – Your Loom"),
        ("Weaving with --fast", "Weaving with --fast"),
        (r"Loom$^{3}$", "Loom³"),
        (r"$\epsilon$-Loom", "ϵ-Loom"),
        (r"W$_2$ Distances", "W₂ Distances"),
        (r"CO$_{\textrm{2}}$, $^{\mathrm{13}}$C and $W_{\text{max}}$", "CO₂, ¹³C and W_max"),
        (r"Caf\'e Looms", "Café Looms"),
        ("Costs $5 and more", "Costs $5 and more"),
        ("99% Wool, 2^k Threads", "99% Wool, 2^k Threads"),
        (r"\emph{n^s} Threads & $x^2$", "n^s Threads & x²"),
        ("$n^s$, $x^{ab}$ and $n^{2k}$ Threads", "n^s, x^(ab) and n^(2k) Threads"),
        (r"$e^{-x}$, $x^{n+1}$, $x^10$ and $W_{ij}$, $W_{2k}$, $W_{10}$", "e^(-x), xⁿ⁺¹, x¹⁰ and W_ij, W_2k, W₁₀"),
        (r"$\texttt{LOOM}$: \textsf{Warp}, ${\bf W}$eft and $\tt Wool$", "LOOM: Warp, Weft and Wool"),
        (r"$Q^*$, $a^\dagger$ and $L^\infty$", "Q*, a† and L^∞"),
        (r"Prune 90% of \emph{Looms} & \textbf{Win}", "Prune 90% of Looms & Win"),
        (r"Looms at $\sim$10$\times$ Speed", "Looms at ∼10× Speed"),
        (r"\$5-\$10 for \emph{Looms}", "$5-$10 for Looms"),
        ("$5-$10 for a Loom, or $7/$8", "$5-$10 for a Loom, or $7/$8"),
        (r"Warp$^{a}$ by %s in \emph{Weft}", "Warp^a by %s in Weft"),
        (r"\relax", r"\relax"),
    ],
)
def test_plain_text(title: str, plain: str) -> None:
    assert titles.plain(title) == plain


@given(st.text(alphabet=st.sampled_from("$\\{}^_abc %&#~αε"), max_size=30))
def test_no_title_stops_a_run(title: str) -> None:
    assert "\n" not in titles.plain(title)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", titles.slug(title))
    assert len(titles.long_slug(title)) <= titles.MAX_SLUG


def test_mathematics_is_told_from_text() -> None:
    assert titles.split_math("A $x^2$ loom") == [(False, "A "), (True, "x^2"), (False, " loom")]
    assert titles.split_math("$x$") == [(True, "x")]
    for prices in ("It costs $5", "costs $5 and $10", r"US\$5-US\$10", "$5-$10"):
        assert titles.split_math(prices) == [(False, prices)]
    assert titles.split_math(r"$\sim$10") == [(True, r"\sim"), (False, "10")]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("GPTQ: Accurate Quantization of Toys", "gptq"),
        ("T5: Toys for All", "t5"),
        ("Frozen in Time", "frozen-in-time"),
        # One letter before the colon is no name to remember.
        ("A: One More Loom", "a-one-more-loom"),
        (r"$\textbf{S}^2$IP-Loom: Two Squares", "s2ip-loom"),
        ("2^k Threads", "2k-threads"),
        (r"CO$_{\textrm{2}}$ Looms", "co2-looms"),
        ("Qwen2.5 Loom", "qwen2-5-loom"),
        ("Wool & Weft?", "wool-weft"),
        ("Ünïcode Løoms", "unicode-looms"),
        ("ε-Nets", "e-nets"),
        ("???", ""),
    ],
)
def test_slugs(title: str, slug: str) -> None:
    assert titles.slug(title) == slug


def test_a_slug_ends_with_a_whole_word() -> None:
    slug = titles.slug("An uncommonly long name for a small loom that somebody once built in the yard")
    assert len(slug) <= titles.MAX_SLUG
    assert slug.split("-")[-1] in "an uncommonly long name for a small loom that somebody once".split()
    assert titles.long_slug("Loom: A Long Story") == "loom-a-long-story"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pre-training Looms", "Pretraining  looms"),
        ("Warp & Weft", "Warp and Weft"),
        ("Warp &amp; Weft", "Warp & Weft"),
        ("S<sup>2</sup>IP", r"$\textbf{S}^2$IP"),
        ("S²IP", "S^2IP"),
        ("An ε-Net", r"An $\varepsilon$-Net"),
        ("An ε-Net", "An epsilon net"),
        ("Café Looms", "Cafe\u0301 looms"),
        (r"Caf\'e Looms", "Café Looms"),
        ("Looms: A Study", "Looms – A Study"),
        ("“Looms”", "Looms"),
        ("Weaver’s Looms", "Weaver's Looms"),
        ("STRASSE", "Straße"),
        ("ﬁne Looms", "fine looms"),
        ("µP Looms", "μP Looms"),
        ("ϵ-Net", "ε-Net"),
        ("𝜀-Net", "ε-Net"),
    ],
)  # fmt: skip
def test_typesetting_does_not_tell_titles_apart(one: str, other: str) -> None:
    assert titles.key(one) == titles.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Qwen2", "Qwen2.5"),
        ("Qwen2.5", "Qwen25"),
        ("CodeT5", "CodeT5+"),
        ("C", "C++"),
        ("SPACE-2", "SPACE-3"),
        ("α-Loom", "β-Loom"),
        ("Loom", "Looms"),
    ],
)
def test_what_names_differ_in_is_kept(one: str, other: str) -> None:
    assert titles.key(one) != titles.key(other)


def test_tokens_are_words_and_numbers() -> None:
    assert titles.tokens("Qwen2.5-VL: 3B+ Looms, v2.") == ["qwen", "2.5", "vl", "3", "b+", "looms", "v", "2"]
    assert titles.tokens("Wüste Läufe") == ["wuste", "laufe"]


@given(st.text(max_size=60))
def test_the_key_ignores_case_and_outer_space(text: str) -> None:
    assert titles.key(f"  {text} ") == titles.key(text)
    assert "".join(titles.tokens(text)) == titles.key(text)


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("Plain words, no LaTeX", "Plain words, no LaTeX"),
        ("{GPTQ}: {A}ccurate", "GPTQ: Accurate"),
        (r"Sch{\"o}n f\"ur {\o}l", "Schön für øl"),
        (r"\emph{Small} \& cheap & 50\% off", "Small & cheap & 50% off"),
        (r"Warp & $a & b$ \& \(c & d\) & Weft", r"Warp & $a & b$ & \(c & d\) & Weft"),
        (
            r"$\begin{matrix} a & b \\ c & d \end{matrix}$ & $x \& y$",
            r"$\begin{matrix} a & b \\ c & d \end{matrix}$ & $x \& y$",
        ),
        (r"\$5 & \$6, or $7 & more", "$5 & $6, or $7 & more"),
        (r"S$^2$IP and $\textbf{x}_1$", r"S$^2$IP and $\textbf{x}_1$"),
        (r"costs \$5 -- no more", "costs $5 – no more"),
        (r"\textbraceleft{}a\textbraceright{} 2\textasciicircum{}3 \textbackslash{}", "{a} 2^3 \\"),
        (r"Wool \textgreater{} 5 m, {pH \textless} 5, {\textless}b{\textgreater}", "Wool > 5 m, pH < 5, <b>"),
        (r"{\relax Yu}. V.", "Yu. V."),
        (r"{\em With\/} a {\tt loom}, \texttt{weft} and \mbox{de Warp}", "With a loom, weft and de Warp"),
        (r"Hyper\-loom {\textbar} Weft \textbar{} Gel{\cprime}fand", "Hyperloom | Weft | Gel'fand"),
        (r"O(1/k\^{}2) in 2{\textasciicircum}3 for b{\^\i}a", "O(1/k^2) in 2^3 for bîa"),
        (r"\textsf{Loom} at \color{red} rest", r"Loom at \color{red} rest"),
        (r"\input{/etc/passwd}", ""),
        (r"Keep 50% of {BERT} in {M{\"u}ller} \& $9%$", r"Keep 50% of BERT in Müller & $9\%$"),
        (r"{\LaTeX} for \BibTeX\ and \TeX{} Looms", "LaTeX for BibTeX and TeX Looms"),
        ("{{{{{{x}}}}}}", "x"),
        ("a~b\n  c", "a b c"),
        ("", ""),
    ],
    ids=lambda value: value[:20],
)
def test_latex_of_bibliographies_becomes_text(latex: str, expected: str) -> None:
    assert titles.from_latex(latex) == expected


def test_a_command_that_nobody_knows_stays_as_typed() -> None:
    assert titles.plain(r"back\slash and C:\new") == r"back\slash and C:\new"
    assert titles.plain(r"\toyname{Loom} at rest") == "Loom at rest"
    assert titles.from_latex(r"the \loom weaves") == r"the \loom weaves"


@pytest.mark.parametrize(
    "text",
    [
        "\\frac{" * 40,  # a tolerant reader tries each reading of what is nested, and doubles its time with every level
        "\\sqrt[" * 40,
        '\\"{' * 40 + "u" + "}" * 40,
        r"\frac\frac a b",
        "{" * 5000 + "x" + "}" * 5000,
        r"\emph{Loom",
        r"Loom} \emph{Weft}",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_latex_stays_as_it_stands(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert titles.from_latex(text) == text
    assert titles.plain(text) == titles.plain(f"${text}$") == text
    assert capfd.readouterr() == ("", "")


def test_no_text_hands_anything_on_to_the_next() -> None:
    titles.plain(r"\title{One Toy} x")
    assert "One Toy" not in titles.plain(r"\maketitle y")
