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
from urllib.parse import quote

from generator.titles import fold

_ASCII_MARK = re.compile(r"[!-/:-@\[-`{-~]")
_KEPT_INSIDE_WORDS = frozenset("-.")
_KEPT_BEHIND_WORDS = frozenset(".:;,?!")
# Controls and halves of characters, but for those that are white space.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Return ``text`` on one line, without control characters and lone surrogates."""
    return fold(_CONTROL.sub("", text))


@functools.lru_cache(maxsize=2**18)  # titles recur on many pages
def markdown(text: str) -> str:
    """Return ``text`` so that Markdown, with its common extensions, prints it as it is, inline or first in a block.

    ASCII punctuation becomes numeric character references, but for marks inside and behind words (``pre-training``,
    ``so, too.``) that no Markdown syntax begins with; the Markdown files stay readable that way.
    """
    text = clean(text)

    def refer(match: re.Match[str]) -> str:
        char, at = match[0], match.start()
        before = text[at - 1] if at else " "
        after = text[at + 1] if at + 1 < len(text) else " "
        # A first word with a mark may be a list's number; "www." begins what some extensions make a link.
        if before.isalnum() and " " in text[:at] and not text[:at].lower().endswith("www"):
            if after.isalnum() and char in _KEPT_INSIDE_WORDS:
                return char
            if after == " " and char in _KEPT_BEHIND_WORDS:
                return char
        return f"&#{ord(char)};"

    return _ASCII_MARK.sub(refer, text)


def markdown_code(text: str) -> str:
    """Return ``text`` as a code span of Markdown, in which GitHub runs nothing of it.

    There no one is mentioned, no issue or commit is referred to, and nothing becomes a link, markup or a formula; what
    :func:`markdown` gives would still notify the people whose names it shows. Characters that turn the direction of
    writing are left out, as they would turn what stands behind them too.
    """
    text = _INVISIBLE.sub("", clean(text)) or " "
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{pad}{text}{pad}{fence}"


@functools.lru_cache(maxsize=2**18)
def html(text: str) -> str:
    """Return ``text`` for HTML, as content or inside a quoted attribute, and for XML."""
    return _html.escape(_NOT_XML.sub("", clean(text)), quote=True)


@functools.lru_cache(maxsize=2**18)
def url(address: str) -> str:
    """Return a web address for the target of a Markdown link; what has a meaning in Markdown is percent-encoded."""
    return quote(clean(address), safe="/:?#@!$&+,=%~-._")


def github_code(text: str) -> str:
    """Return ``text`` for GitHub Markdown, on one line and in a table's cell too: as code, so that it names nobody.

    GitHub turns ``@name``, ``#1`` and addresses into mentions and links after Markdown is read, except in code
    (https://docs.github.com/en/get-started/writing-on-github).
    """
    return f"<code>{markdown(text)}</code>" if clean(text) else ""


def github_link(address: str) -> str:
    """Return a safe web address as a link in GitHub Markdown, shown without its scheme."""
    return f"[{markdown(address.partition('//')[2])}]({url(address)})"


def query(text: str) -> str:
    """Return ``text`` as the value of a query parameter."""
    return quote(clean(text), safe="")


def bibtex(text: str) -> str:
    """Return ``text`` for a braced BibTeX field: UTF-8, TeX's special characters as the commands for them."""
    return "".join(_TEX.get(char, char) for char in clean(text))


_TEX = {
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


def bibtex_verbatim(text: str) -> str:
    """Return an identifier or address for a BibTeX field that is not typeset as text: braces and controls taken out."""
    return "".join("" if char in "{}\\" else "%20" if char == " " else char for char in clean(text))


def csv_cell(text: str) -> str:
    """Return ``text`` for a spreadsheet cell: a leading ``= + - @`` is quoted, so that no formula starts."""
    text = clean(text)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def ris(text: str) -> str:
    """Return ``text`` for one RIS line."""
    return clean(text)


def script_json(data: Any) -> str:
    """Return ``data`` as JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text
