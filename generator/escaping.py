"""Text made safe for the place where it is printed: one function for each target language.

Everything from a dump, a record or a contributor is text and nothing else. White space is folded and control characters
are dropped in every target; what a reader sees is what was typed.
"""

from __future__ import annotations

import functools
import html as _html
import json
import re
from typing import Any
from urllib.parse import quote, quote_plus

from generator.facts import links
from generator.facts.hidden import without_hidden
from generator.facts.titles import fold

_ASCII_MARK = re.compile(r"[!-/:-@\[-`{-~]")
_KEPT_INSIDE_WORDS = frozenset("-.")
_KEPT_BEHIND_WORDS = frozenset(".:;,?!")
# Controls and halves of characters, but for those that are white space.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# "@", "#", "GH-", ":" as in addresses and emoji, "www.", most marks being references already; what may name a commit.
_GITHUB_BEGINNING = re.compile(
    r"&#64;|&#35;|GH(?:-|&#45;)(?=\d)|&#58;(?=\S)|www(?=&#46;)|[0-9a-f]{6}(?=[0-9a-f])", re.IGNORECASE
)
_BREAK = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Return ``text`` on one line, without control characters and lone surrogates."""
    if text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text  # as nearly all are; only one kind of space is printable, and no control
    return fold(_CONTROL.sub("", text))


@functools.lru_cache(maxsize=2**18)  # titles recur on many pages
def markdown(text: str) -> str:
    """Return ``text`` so that Markdown, with its common extensions, prints it as it is, inline or first in a block.

    ASCII punctuation becomes numeric character references, but for marks inside and behind words (``pre-training``,
    ``so, too.``) that no Markdown syntax begins with; the Markdown files stay readable that way.
    """
    text = clean(text)
    space = text.find(" ")

    def refer(match: re.Match[str]) -> str:
        char, at = match[0], match.start()
        before = text[at - 1] if at else " "
        after = text[at + 1] if at + 1 < len(text) else " "
        # A first word with a mark may be a list's number; "www." begins what some extensions make a link.
        if before.isalnum() and 0 <= space < at and text[at - 3 : at].lower() != "www":
            if after.isalnum() and char in _KEPT_INSIDE_WORDS:
                return char
            if after == " " and char in _KEPT_BEHIND_WORDS:
                return char
        return f"&#{ord(char)};"

    return _ASCII_MARK.sub(refer, text)


@functools.lru_cache(maxsize=2**18)
def html(text: str) -> str:
    """Return ``text`` for HTML, as content or inside a quoted attribute, and for XML."""
    return _html.escape(_NOT_XML.sub("", clean(text)), quote=True)


def html_link(text: str, address: str, style: str = "") -> str:
    """Return a safe web address as a link in HTML; ``style`` holds the declarations of its style attribute."""
    styled = f' style="{style}"' if style else ""
    return f'<a href="{html(url(address))}"{styled}>{html(text)}</a>'


def html_block(text: str) -> str:
    """Return ``text`` for HTML that stands as a block in Markdown: no mark of attributes or of a link there."""
    return html(text).replace("{", "&#123;").replace("}", "&#125;").replace("](", "]&#40;")


def verbatim(text: str) -> str:
    """Return ``text`` for a ``pre`` element of such a block, its lines as they are: it may not hold empty ones."""
    return _html.escape(_NOT_XML.sub("", text), quote=False)


@functools.lru_cache(maxsize=2**18)
def url(address: str) -> str:
    """Return a web address for the target of a Markdown link: the host as punycode, Markdown's marks as %XX."""
    return quote(links.with_ascii_host(clean(address)), safe="/:?#@!$&+,=%~-._")


def terminal(text: str) -> str:
    """Return ``text`` on one line for a terminal or a log, without what moves the cursor or turns writing round."""
    return without_hidden(_CONTROL.sub("", _BREAK.sub(" ", text)))


def query(text: str) -> str:
    """Return ``text`` as the value of a query parameter, as a form sends it."""
    return quote_plus(clean(text))


def bibtex(text: str) -> str:
    """Return ``text`` for a braced BibTeX field: UTF-8, TeX's special characters as the commands for them.

    Marks that TeX would draw as one, such as two hyphens, are kept apart by an empty group.
    """
    text = clean(text)
    if not _TEX_MARK.search(text):  # as in most names
        return text
    return _LIGATURE.sub(r"\g<0>{}", text.translate(_TEX))


_TEX_MARK = re.compile(r"[\\{}$&#%_^~`'?!<>,-]")
_LIGATURE = re.compile("-(?=-)|`(?=`)|'(?=')|[?!](?=`)|<(?=<)|>(?=>)|,(?=,)")
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
    }
)


def bibtex_verbatim(text: str) -> str:
    """Return an identifier or address for a BibTeX field that is not typeset as text: braces and controls taken out."""
    return "".join("" if char in "{}\\" else "%20" if char == " " else char for char in clean(text))


# What spreadsheets take for the beginning of a formula, the full-width forms in some languages too; tabs and line ends
# also are, and no clean text begins with one.
_FORMULA = re.compile("'*[=+@\\-＝＋＠－]")


def csv_cell(text: str) -> str:
    """Return ``text`` for a spreadsheet cell: an apostrophe stands before what would start a formula.

    It stands also before apostrophes in front of such a mark, so that an import can take one away again
    (https://owasp.org/www-community/attacks/CSV_Injection). ``readers.csv_table`` does.
    """
    text = clean(text)
    return f"'{text}" if _FORMULA.match(text) else text


def ris(text: str) -> str:
    """Return ``text`` for one RIS line."""
    return clean(text)


def script_json(data: Any) -> str:
    """Return ``data`` as JSON that cannot end the script element it stands in."""
    text = _compact(data)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def github(text: str) -> str:
    """Return ``text`` for Markdown or HTML that GitHub shows: plain text, that mentions, links and embeds nothing.

    GitHub looks for ``@name``, ``#1``, commits and addresses after it has resolved character references, so a space of
    no width stands behind what they begin with.
    """
    return _GITHUB_BEGINNING.sub(lambda match: f"{match[0]}&#8203;", markdown(without_hidden(text)))


def github_code(text: str) -> str:
    """Return ``text`` as a code span for GitHub, in which it runs nothing of it.

    There no one is mentioned, no issue or commit is referred to, and nothing becomes a link, markup or a formula; what
    :func:`markdown` gives would still notify the people whose names it shows. Characters that turn the direction of
    writing are left out, as they would turn what stands behind them too.
    """
    text = without_hidden(clean(text)) or " "
    fence = _fence(text, 1)
    pad = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _fence(text: str, least: int) -> str:
    """Return backticks that end no code that holds ``text``: one more than stand in a row there."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)


def github_code_element(text: str) -> str:
    """Return ``text`` as an element of code for GitHub: in HTML, and in a table, where a ``|`` would end a code span.

    GitHub turns ``@name``, ``#1`` and addresses into mentions and links after Markdown is read, except in code
    (https://docs.github.com/en/get-started/writing-on-github).
    """
    text = clean(without_hidden(text))
    return f"<code>{markdown(text)}</code>" if text else ""


def github_link(address: str) -> str:
    """Return a safe web address as a link in GitHub Markdown, shown without its scheme."""
    return f"[{markdown(links.shown(address))}]({url(address)})"


def github_block(text: str, kind: str = "") -> str:
    """Return lines of text as a fenced code block for GitHub, in which everything stands as it is.

    The fence is longer than any run of backticks inside. ``kind`` is the block's language, such as ``diff``.
    """
    lines = [
        _CONTROL.sub("", line).expandtabs(4) for line in re.split(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", text)
    ]
    fence = _fence(text, 3)
    return "\n".join([f"{fence}{kind}", *lines, fence])
