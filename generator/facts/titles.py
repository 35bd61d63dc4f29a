"""Titles and short texts: as plain text for people, and as keys for comparing."""

from __future__ import annotations

import functools
import html
import logging
import re
import unicodedata
from itertools import accumulate
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from slugify import slugify

from generator.facts.hidden import without_empty

MAX_SLUG = 60

_ENDLESS = re.compile(r"&#(?:[0-9]{9,}|[xX][0-9A-Fa-f]{9,});?")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_COMMAND = re.compile(r"\\[a-zA-Z]+\*?")
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_STEPS = {"{": 1, "}": -1}
_DEEPEST = 6
_LATEX = re.compile(r"[\\{}~$&]|--|``|''")
# What a backslash escapes; then a sign that would begin a comment.
_BARE_PERCENT = re.compile(r"(\\.)|%", re.DOTALL)
# Formulas, what a backslash escapes; then what would be TeX's own.
_BARE_MARK = re.compile(r"(\$\$?(?:\\.|[^$\\])+\$\$?|\\\((?:(?!\\[()]).)*\\\)|\\.)|[&$]", re.DOTALL)
_GREEK_NAMES = {
    char: unicodedata.name(char)
    .split("LETTER ")[1]
    .split(" WITH")[0]
    .removeprefix("FINAL ")
    .replace("LAMDA", "LAMBDA")
    .lower()
    for char in map(chr, range(0x391, 0x3CA))
    if unicodedata.category(char).startswith("L")
}
_GREEK = str.maketrans({char: f" {name} " for char, name in _GREEK_NAMES.items()})
_GREEK_LATEX = re.compile(
    rf"\\(?:var)?({'|'.join(sorted(set(_GREEK_NAMES.values()), key=len, reverse=True))})(?![a-zA-Z])", re.I
)
_TOKEN = re.compile(r"\d+(?:\.\d+)*\+*|[^\W\d_]+\+*")
_ASCII_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)*\+*|[a-z]+\+*")
_MARKED = re.compile(r"[&<\\${}^'`]")
_SEPARATORS = re.sub(r"[a-zA-Z0-9+&<\\${}^'`]", "", "".join(map(chr, range(128))))
_WORDS_ALONE = bytes.maketrans(
    f"{ascii_uppercase}{_SEPARATORS}".encode(), f"{ascii_lowercase}{' ' * len(_SEPARATORS)}".encode()
)
_SUPERSCRIPTS = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_SUBSCRIPTS = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_UPRIGHT = re.compile(r"\\(?:text|textrm|textnormal|mathrm)\{([0-9n+-]+)\}")  # as figures stand in any case
_RAISED = re.compile(r"\^(?:\{([0-9n+-]+)\}|([0-9]+|[n+-]))")
_RAISED_GROUP = re.compile(r"\^\{([^{}]+)\}")
_LOWERED = re.compile(r"_(?:\{([0-9+-]+)\}|([0-9]+|[+-]))")
_BEFORE_MARK = re.compile(r"\^(?=[*∗⋆†‡∘′⊤⊥\s]|$)")  # Q^* is Q*; n^s keeps its caret, for ns is another word
# As in Pandoc's Markdown: no space inside the dollar signs, and no digit behind them unless there is a mark of
# mathematics inside, so that prices are no formulas.
_MATH = re.compile(r"(?<!\\)\$(?=[^\s$])(?=[^$]*[\\^_]|[^$]*\$(?!\d))([^$]*[^\s$\\])\$")


def fold(text: str) -> str:
    """Return ``text`` on one line: every run of white space becomes one space, none at the ends.

    Soft hyphens and what else has neither width nor meaning are left out: no word is parted by what nobody sees.
    """
    return " ".join(without_empty(text).split())


def with_subtitle(title: str, subtitle: str | None) -> str:
    """Return a title with its subtitle behind a colon, unless it holds that already."""
    return f"{title}: {subtitle}" if subtitle and subtitle.casefold() not in title.casefold() else title


# What HTML and CSL (https://docs.citationstyles.org/en/stable/specification.html) typeset titles with, also escaped.
_INLINE = re.compile(
    r"(?:<|&lt;)(/?)(i|b|u|em|strong|sub|sup|sc|scp|small|span|italic|bold)(?: [a-z]+=[^<>&]*)?(?:>|&gt;)",
    re.IGNORECASE,
)


def without_marks(text: str) -> str:
    """Return a text without the pairs of tags that only typeset what they hold: ``CO<sub>2</sub>`` becomes ``CO2``.

    What is no such pair stays as it is, for ``x < y`` and ``<think>`` are words.
    """
    if "<" not in text and "&lt;" not in text:
        return text
    begun: dict[str, list[int]] = {}
    paired: set[int] = set()
    for tag in _INLINE.finditer(text):
        places = begun.setdefault(tag[2].lower(), [])
        if not tag[1]:
            places.append(tag.start())
        elif places:
            paired |= {places.pop(), tag.start()}
    return _INLINE.sub(lambda tag: "" if tag.start() in paired else tag[0], text)


def split_math(title: str) -> list[tuple[bool, str]]:
    """Split a title into pieces ``(is it LaTeX mathematics, text without the dollar signs)``, in order."""
    return [(index % 2 == 1, piece) for index, piece in enumerate(_MATH.split(title)) if piece]


@functools.lru_cache(maxsize=2**18)
def plain(title: str) -> str:
    r"""Return ``title`` as plain text, its LaTeX turned into Unicode: ``$\textbf{S}^2$IP`` becomes ``S²IP``.

    A ``--`` between words is TeX's dash; one at the beginning of a word is an option.
    """
    title = title.replace(" -- ", " – ")
    if "$" not in title and "\\" not in title:
        return fold(title)
    pieces = (_math_as_text(piece) if is_math else _latex_as_text(piece) for is_math, piece in split_math(title))
    return fold("".join(pieces)) or fold(title)


def _math_as_text(latex: str) -> str:
    latex = _UPRIGHT.sub(r"\1", latex)
    raised = _RAISED.sub(lambda match: (match[1] or match[2]).translate(_SUPERSCRIPTS), latex)
    raised = _RAISED_GROUP.sub(lambda match: f"^{_grouped(_latex_as_text(match[1]))}", raised)
    lowered = _LOWERED.sub(lambda match: (match[1] or match[2]).translate(_SUBSCRIPTS), raised)
    return _BEFORE_MARK.sub("", _latex_as_text(lowered))


def _grouped(text: str) -> str:
    return f"({text})" if len(text) > 1 else text


def _latex_as_text(latex: str) -> str:
    if "\\" not in latex and "{" not in latex:
        return latex
    try:
        return _to_text(_bare_marks_kept(latex), "text")
    except Exception:  # noqa: BLE001 - a hostile title must not stop a run, whatever the library makes of it
        return latex


def _to_text(latex: str, math_mode: str) -> str:
    """Turn LaTeX into text; raises for what is none, such as braces or commands without their other half.

    A new converter for each text, for one remembers what a text defines. The library reads strictly: in a text with
    faults it would try each reading of all that is nested, as long as that takes, and for accents it does so anyway.
    """
    from pylatexenc.latex2text import LatexNodes2Text  # slow to import, and few titles need it

    if max(accumulate(_STEPS.get(char, 0) for char in _ESCAPED.sub("", latex)), default=0) > _DEEPEST:
        raise ValueError("braces too deep")
    converter = LatexNodes2Text(_known_commands(), math_mode=math_mode)
    text = str(converter.latex_to_text(latex, tolerant_parsing=False))
    if "%s" in text and "%s" not in latex:
        raise ValueError("a command whose pattern the library prints, for want of arguments")
    return text


# What the library lacks: signs as Zotero, Mendeley and MathSciNet write them; commands that only set the type of what
# they hold; and such as print nothing, most of which set the type of what follows them in their braces.
_SIGNS = {"textless": "<", "textgreater": ">", "textbar": "|", "textbardbl": "‖", "textunderscore": "_", "cprime": "'"}
_STYLES = "mbox textmd textsf texttt textup".split()
_SILENT = """relax xspace / em it bf sc tt rm sf sl itshape slshape scshape upshape bfseries mdseries rmfamily
    sffamily ttfamily normalfont tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge""".split()


@functools.cache
def _known_commands() -> Any:
    r"""Return the commands that have a text; others, as in ``C:\new``, stay as typed unless an argument follows."""
    from pylatexenc.latex2text import MacroTextSpec, get_default_latex_context_db

    def as_typed(node: Any) -> str:
        if node.macroname.endswith("TeX"):  # LaTeX, BibTeX and their like
            return f"{node.macroname}{node.macro_post_space}"
        if node.nodeargd and any(node.nodeargd.argnlist or ()):
            return str(node.latex_verbatim())
        end = node.pos + node.len
        has_argument = node.parsing_state.s[end : end + 1] == "{"
        return "" if has_argument else f"\\{node.macroname}{node.macro_post_space}"

    logging.getLogger("pylatexenc").addHandler(logging.NullHandler())  # else it warns on standard error
    known = get_default_latex_context_db()
    known.set_unknown_macro_spec(MacroTextSpec("", simplify_repl=as_typed))
    missing = [MacroTextSpec(name, sign) for name, sign in _SIGNS.items()]
    missing += [MacroTextSpec(name, "") for name in _SILENT]
    missing += [MacroTextSpec(name, discard=False) for name in _STYLES]
    known.add_context_category("missing", missing)
    return known


# What the library does not know, or takes for an accent, in the forms of Zotero and Google Scholar too.
_TAKEN_FOR_OTHERS = {
    r"\textasciicircum{}": "^",
    r"{\textasciicircum}": "^",
    r"\^{}": "^",
    r"\textbraceleft": r"\{",
    r"\textbraceright": r"\}",
}


def from_latex(text: str) -> str:
    r"""Return LaTeX text, as bibliographies write it, on one line as a title prints it.

    Accents, dashes and commands become Unicode, grouping braces go, mathematics stays LaTeX: ``{GPTQ} f{\"u}r $S^2$``
    becomes ``GPTQ für $S^2$``.
    """
    if not _LATEX.search(text):
        return fold(text)
    latex = _bare_marks_kept(text)
    for command, char in _TAKEN_FOR_OTHERS.items():
        latex = latex.replace(command, char)
    try:
        return fold(_to_text(latex, "verbatim"))
    except Exception:  # noqa: BLE001 - a hostile text must not stop a run, whatever the library makes of it
        return fold(text)


def _bare_marks_kept(latex: str) -> str:
    """Escape percent signs, and outside formulas ampersands and dollars: titles mean what they print."""
    latex = _BARE_PERCENT.sub(lambda match: match[1] or r"\%", latex)
    return _BARE_MARK.sub(lambda match: match[1] or f"\\{match[0]}", latex)


def slug(title: str) -> str:
    """Return a short slug: the name before a title's colon, else the whole title; at most 60 characters."""
    name, colon, _ = plain(title).partition(":")
    return long_slug(name if colon and len(long_slug(name)) > 1 else title)


def long_slug(title: str) -> str:
    """Return the slug of the whole title, for where the short one is taken."""
    # Raised figures and carets close up (Loom³ is loom3), as people type them in a search box.
    flat = unicodedata.normalize("NFKC", plain(title)).replace("^", "")
    return str(slugify(flat, max_length=MAX_SLUG, word_boundary=True, save_order=True))


def without_endless(text: str) -> str:
    """Return ``text`` with U+FFFD for references to no character, as HTML has it; Python reads no endless numbers."""
    return _ENDLESS.sub("\ufffd", text) if "&#" in text else text


def unescaped(text: str) -> str:
    """Return ``text`` with the references of HTML to characters resolved, however long they are."""
    return html.unescape(without_endless(text))


def tokens(text: str) -> list[str]:
    """Return the words and numbers of a text as they are compared: LaTeX, accents, case and punctuation gone.

    Digits, decimal points inside numbers and trailing ``+`` stay: ``Loom2`` is not ``Loom2.5``,
    ``Weave+`` not ``Weave``.
    """
    if text.isascii():
        words = text.encode().translate(_WORDS_ALONE).decode().split()
        if "".join(words).isalpha():  # as most titles are, in half the time
            return words
        if not _MARKED.search(text):
            return _ASCII_TOKEN.findall(text.lower())
    if "&" in text:
        text = unescaped(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "\\" in text:
        text = _COMMAND.sub("", _GREEK_LATEX.sub(lambda match: f" {match[1].lower()} ", text))
    if not text.isascii():
        text = without_empty(text)
        text = unicodedata.normalize("NFKC", text).translate(_GREEK)  # µ and 𝜀 become Greek letters first
        text = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in text if not unicodedata.combining(char))
    text = text.casefold().replace("&", " and ")
    # Marks that only typeset: S^2 and $S$ read as the letters and figures inside.
    text = text.translate(_TYPESETTING)
    return _TOKEN.findall(text)


_TYPESETTING = str.maketrans({"$": None, "{": None, "}": None, "^": None, "'": None, "’": None, "ʼ": None, "`": None})


def key(text: str) -> str:
    """Return the words of :func:`tokens` run together: equal keys mean the same title, however it was typeset."""
    return "".join(tokens(text))
