"""Formulas in titles: MathML that shows them, and nothing else, whatever stands between the dollar signs."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import html5lib
import markdown
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from site_tools import RECORDS, library

from generator import pages
from generator.facts import titles
from generator.library import Library
from generator.models import Record
from generator.pages import formulas
from generator.settings import Settings
from generator.store import Contents

ALLOWED_ELEMENTS = frozenset(
    "math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mstyle mpadded".split()
)
ALLOWED_ATTRIBUTES = frozenset({"xmlns", "display", "mathvariant", "stretchy"})


def _check(mathml: str) -> ElementTree.Element:
    """Return the parsed formula after checking that it holds nothing but plain presentation."""
    root = ElementTree.fromstring(mathml)
    assert root.tag.rpartition("}")[2] == "math"
    for element in root.iter():
        assert element.tag.rpartition("}")[2] in ALLOWED_ELEMENTS
        assert {name.rpartition("}")[2] for name in element.attrib} <= ALLOWED_ATTRIBUTES
        assert all(
            re.fullmatch(r"[a-z-]+|http://www\.w3\.org/1998/Math/MathML", value) for value in element.attrib.values()
        )
    # What is typed as HTML must not come out as HTML: the parser of a browser finds the same elements.
    tree = html5lib.parseFragment(mathml, namespaceHTMLElements=False)
    assert [str(each.tag).rpartition("}")[2] for each in tree.iter()][1:] == [
        each.tag.rpartition("}")[2] for each in root.iter()
    ]
    return root


def _text(root: ElementTree.Element) -> str:
    return "".join(root.itertext())


REAL = [(r"\textbf{S}^2", "S2"), ("^3", "3"), ("r", "r"), ("Q^*", "Q*")]


@pytest.mark.parametrize(("latex", "text"), REAL)
def test_formulas_of_real_titles_become_mathml(latex: str, text: str) -> None:
    mathml = formulas.mathml(latex)
    assert mathml is not None
    assert re.sub(r"[∗⁎*]", "*", _text(_check(mathml))) == text


def test_every_formula_of_the_list_becomes_mathml() -> None:
    found = [
        latex
        for record in library(RECORDS).records.values()
        for is_math, latex in titles.split_math(record.title)
        if is_math
    ]
    assert len(found) >= len(REAL)
    for latex in found:
        mathml = formulas.mathml(latex)
        assert mathml is not None, latex
        _check(mathml)


@pytest.mark.parametrize(
    ("latex", "element"),
    [("x^2", "msup"), ("x_i", "msub"), ("x_i^2", "msubsup"), (r"\frac{a}{b}", "mfrac"), (r"\sqrt{n}", "msqrt")],
)
def test_common_notation_has_its_element(latex: str, element: str) -> None:
    mathml = formulas.mathml(latex)
    assert mathml is not None
    assert any(each.tag.rpartition("}")[2] == element for each in _check(mathml).iter())


HOSTILE = [
    r"\href{javascript:alert(1)}{x}",
    r"\url{javascript:alert(1)}",
    r"\text{<script>alert(1)</script>}",
    r"\text{</math><script>alert(1)</script>}",
    r"\text{]]><img src=x onerror=alert(1)>}",
    r"\style{background:url(https://evil.example/)}{x}",
    r"\class{md-overlay}{x}",
    r"\cssId{__search}{x}",
    r"\htmlData{x=y}{z}",
    r"\includegraphics{https://evil.example/x.png}",
    r"\color{red\" onload=\"alert(1)}x",
    r"\textcolor{red}{x}",
    r"\input{/etc/passwd}",
    r"\def\x{\x\x}\x",
    r"\newcommand{\x}{\x}\x",
    "<script>alert(1)</script>",
    "&lt;script&gt;",
    "`x` *y* [z](javascript:alert(1)) {: onclick=alert(1) }",
    r"\begin{array}{c}a\\b\end{array}",
    r"\begin",
    r"\frac{",
    "{" * 90,
    "^" * 90,
    r"\left(" * 30,
    "x" * 5000,
    "\x00\x02\ud800",
    "",
    " ",
]


@pytest.mark.parametrize("latex", HOSTILE)
def test_hostile_latex_gives_nothing_or_clean_mathml(latex: str) -> None:
    mathml = formulas.mathml(latex)
    assert mathml is None or _check(mathml) is not None
    assert mathml is None or "evil.example" not in ElementTree.fromstring(mathml).attrib.values()


LATEX = st.lists(
    st.one_of(
        st.sampled_from([*HOSTILE[:-6], "^2", "_i", "{", "}", "\\", "&", "<", ">", '"', "α", "\\alpha", "\\hat", "|"]),
        st.text(max_size=4),
    ),
    max_size=6,
).map("".join)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(LATEX)
@example("\\hspace{1e9em}")
@example("\\mathbb{<}")
def test_any_latex_gives_nothing_or_clean_mathml(latex: str) -> None:
    mathml = formulas.mathml(latex)
    assert mathml is None or _check(mathml) is not None
    assert mathml is None or "\n" not in mathml


def test_what_is_too_long_is_left_as_text() -> None:
    assert formulas.mathml("x" * 201) is None
    assert formulas.mathml("x") is not None


# --- in a heading ----------------------------------------------------------------------------------------------------


def _page(title: str) -> tuple[str, str]:
    """Return the rendered h1 of a paper's page as HTML, and the page's front matter."""
    records = {"k": Record(title=title)}
    made = {page.path: page.make() for page in pages.pages(Library.of(Contents(RECORDS, records=records)), Settings())}
    _, front, body = made["papers/k.md"].split("---\n", 2)
    html = markdown.markdown(body, extensions=["attr_list", "tables", "md_in_html"])
    return html[: html.index("</h1>")], front


@pytest.mark.parametrize(
    ("title", "math", "text", "plain"),
    [
        ("Loom$^3$: weaving", 1, "Loom3: weaving", "Loom³: weaving"),
        ("From $a$ to $B^*$: knots", 2, "From a to B*: knots", "From a to B*: knots"),
        (r"$\textbf{B}^2$Raid, a < b & c", 1, "B2Raid, a < b & c", "B²Raid, a &lt; b &amp; c"),
        (r"$\href{javascript:x}{y}$ Loom", 0, r"\href{javascript:x}{y} Loom", r"\\href{javascript:x}{y} Loom"),
        ("No Math at All", 0, "No Math at All", "No Math at All"),
        (r"At $\sim$10$\times$ Speed", 2, "At ~10× Speed", "At ∼10× Speed"),
    ],
)
def test_headings_show_mathematics_and_front_matter_plain_text(title: str, math: int, text: str, plain: str) -> None:
    html, front = _page(title)
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    assert "".join(tree.itertext()).strip().replace("∗", "*") == text
    assert html.count("<math") == math
    assert f'title: "{plain}"' in front
    assert "$" not in front


@pytest.mark.parametrize("title", ["From $5 to $10 per Loom", "Weaving for $100, Knotting for $1,000"])
def test_prices_are_no_formulas(title: str) -> None:
    html, front = _page(title)
    assert "<math" not in html
    assert f'title: "{title}"' in front


@pytest.mark.parametrize(
    "title",
    [
        "$ $",
        "${}$",
    ],
)
def test_no_title_is_printed_as_nothing(title: str) -> None:
    html, front = _page(title)
    assert 'title: ""' not in front
    assert "".join(html5lib.parseFragment(html).itertext()).strip()
