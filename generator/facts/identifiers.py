"""Identifiers of papers: recognise them in what people paste, bring them to one form, link to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit


@dataclass(frozen=True)
class Scheme:
    """One kind of identifier: its name in records, its name for readers, how it looks and where it leads."""

    kind: str
    name: str
    example: str
    read: Callable[[str], str | None]
    address: str  # with {} for the identifier

    def url(self, value: str) -> str:
        """Return the address of the identifier ``value``, which must be in normal form."""
        return self.address.format(quote(value, safe="/:;()._-"))

    def fault(self, text: str) -> str:
        """Say why ``text`` is no identifier of this kind, and what to write instead."""
        figures = arxiv_fault(text) if self.kind == "arxiv" else None
        return figures or f"is no {self.name} identifier; write it like {self.example}"


# https://info.arxiv.org/help/arxiv_identifier.html: YYMM.NNNN (0704 to 1412), YYMM.NNNNN since, archive/YYMMNNN before.
_ARXIV_NEW = re.compile(r"(\d{2})(0[1-9]|1[0-2])\.(\d{4,5})(?:v\d+)?", re.ASCII)
_ARXIV_OLD = re.compile(r"([a-z-]+)(?:\.[A-Z]{2})?/(\d{2}(?:0[1-9]|1[0-2])\d{3})(?:v\d+)?", re.ASCII)
# https://www.doi.org/doi-handbook: prefix 10.NNNN…, a slash, any printable suffix; not case sensitive. Here without the
# signs that no DOI has in practice, for a DOI pasted with them has markup behind it; angle brackets as in a SICI,
# 49:8<693::AID-ASI4>3.0.CO;2-O, which have a colon inside.
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/(?:[!#-;=?-\[\]_a-z~]|<[!#-9;=?-\[\]_a-z~]*:[!#-;=?-\[\]_a-z~]*>)+", re.ASCII)
_BEFORE_DOI = re.compile(r"^(?:doi(?::\s*|\s+)|(?:dx\.)?doi\.org/)", re.IGNORECASE)
# As publishers' addresses hold one: dl.acm.org/doi/pdf/10.…, frontiersin.org/articles/10.…/full, biorxiv.org/…/10.…v2.
_DOI_IN_PATH = re.compile(r"/(10\.\d{4,9}/.+)", re.DOTALL)
_DOI_PAGE = re.compile(r"(?:/(?:abs|abstract|e?pdf|full|fulltext|html|meta|summary)|\.(?:abstract|full|pdf|html))*/?$")
_BIORXIV_VERSION = re.compile(r"(10\.1101/.*\d)v\d+")
_OPENREVIEW = re.compile(r"[A-Za-z0-9_-]{8,14}")
# https://aclanthology.org/info/ids/
_ACL = re.compile(r"(?:[A-Z]\d{2}-\d{4,5}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)", re.ASCII)
_LONGEST = 2000
_ACL_FILE = re.compile(r"(?:v\d+)?\.(?:pdf|bib|xml)$|/$")
_ARXIV_HOSTS = ("arxiv.org", "browse.arxiv.org", "ar5iv.org", "ar5iv.labs.arxiv.org", "alphaxiv.org")
# "arXiv preprint arXiv:2210.17323" of Google Scholar, "CoRR" with "abs/2210.17323" of DBLP, "arXiv e-prints:2210.17323"
_ARXIV_INSIDE = re.compile(
    r"(?:arxiv(?: e-?prints?)?[:\s]\s*|abs/)((?:[a-z-]+(?:\.[A-Z]{2})?/)?\d[\d.]*\d(?:v\d+)?)", re.IGNORECASE | re.ASCII
)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)


def _address(text: str) -> SplitResult | None:
    """Return the parts of an address of the web, or ``None`` where ``text`` is none that people paste."""
    if "//" not in text or len(text) > _LONGEST or len(text.split()) > 1:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def _after(text: str, hosts: tuple[str, ...], *prefixes: str) -> str | None:
    """Return what follows one of ``prefixes`` in the path of an address on one of ``hosts``, or ``None``."""
    if not (parts := _address(text)):
        return None
    host = (parts.hostname or "").removeprefix("www.").removeprefix("export.").removeprefix("dx.")
    if host not in hosts:
        return None
    path = unquote(parts.path)
    for prefix in prefixes:
        if path.startswith(prefix):
            return path.removeprefix(prefix) or None
    return None


def arxiv(text: str) -> str | None:
    """Return the unversioned arXiv id in ``text`` (an id, ``arXiv:…``, an address or arXiv's DOI), or ``None``."""
    text = text.strip()
    if not (match := _ARXIV_NEW.fullmatch(text)):
        text = _arxiv_named_by(text)
        match = _ARXIV_NEW.fullmatch(text)
    if match:
        return None if _figures_fault(match) else f"{match[1]}{match[2]}.{match[3]}"
    if match := _ARXIV_OLD.fullmatch(text):
        return f"{match[1]}/{match[2]}"
    return None


def arxiv_fault(text: str) -> str | None:
    """Say what is wrong with the figures of ``text`` where it is an arXiv id but for them; ``None`` where it is not."""
    match = _ARXIV_NEW.fullmatch(_arxiv_named_by(text.strip()))
    return _figures_fault(match) if match else None


def _figures_fault(match: re.Match[str]) -> str | None:
    month = match[1] + match[2]
    if month < "0704":
        return "is no arXiv identifier: before 0704 they were written like hep-th/9901001"
    figures, rule = (4, "until 1412 have four") if month < "1501" else (5, "since 1501 have five")
    if len(match[3]) == figures:
        return None
    return f"is no arXiv identifier: those {rule} figures behind the dot; copy it from the paper's page once more"


def arxiv_inside(*texts: str | None) -> str | None:
    """Return the first arXiv id that one of ``texts`` is or names among other words, or ``None``."""
    for text in filter(None, texts):
        for each in (text, *_ARXIV_INSIDE.findall(text[:_LONGEST])):
            if found := arxiv(each):
                return found
    return None


def _arxiv_named_by(text: str) -> str:
    """Return the id in an address, in arXiv's DOI or after ``arXiv:``; a text that is none of them, as it is."""
    text = (
        _after(text, _ARXIV_HOSTS, "/abs/", "/pdf/", "/html/", "/overview/")
        or _after(text, ("huggingface.co", "hf.co"), "/papers/")
        or text
    )
    text = text.removesuffix("/").removesuffix(".pdf")
    text = re.sub(r"^arxiv:\s*", "", text, flags=re.IGNORECASE)
    registered = _ARXIV_DOI.fullmatch(
        _after(text, ("doi.org",), "/") or re.sub(r"^doi:\s*", "", text, flags=re.IGNORECASE)
    )
    return registered[1] if registered else text


def doi(text: str) -> str | None:
    """Return the DOI in ``text`` (a DOI, ``doi:…``, or an address that holds one) in lower case, or ``None``."""
    text = _BEFORE_DOI.sub("", text.strip())
    if not _DOI.fullmatch(text):
        text = _BEFORE_DOI.sub("", _after(text, ("doi.org",), "/") or _published_at(text) or text)
    return text.lower() if _DOI.fullmatch(text) else None


def _published_at(text: str) -> str | None:
    """Return the DOI that a publisher's address holds, in its path or as ``id=`` or ``doi=``; ``None`` without one."""
    if not (parts := _address(text)):
        return None
    if match := _DOI_IN_PATH.search(unquote(parts.path)):
        held = _DOI_PAGE.sub("", match[1])
        version = _BIORXIV_VERSION.fullmatch(held)
        return version[1] if version else held
    stated = (value for key, value in parse_qsl(parts.query) if key in ("id", "doi"))
    return next((value for value in stated if _DOI.fullmatch(value)), None)


def published(doi: str | None) -> str | None:
    """Return a DOI unless it is the one that arXiv gives: that says no more than the arXiv id."""
    return None if doi and arxiv(doi) else doi


def openreview(text: str) -> str | None:
    """Return the OpenReview forum id in ``text`` (an id or an address of a forum or of a file in it), or ``None``."""
    text = text.strip()
    if match := re.match(r"https?://openreview\.net/(?:forum|pdf|attachment)\?(?:[^#]*&)?id=([^&#]+)", text):
        text = match[1]
    return text if _OPENREVIEW.fullmatch(text) else None


def acl(text: str) -> str | None:
    """Return the ACL Anthology id in ``text`` (an id or an address), or ``None``."""
    text = text.strip()
    text = _after(text, ("aclanthology.org", "aclweb.org"), "/anthology/", "/") or text
    text = _ACL_FILE.sub("", text)
    return text if _ACL.fullmatch(text) else None


SCHEMES = {
    scheme.kind: scheme
    for scheme in (
        Scheme("arxiv", "arXiv", "2210.17323", arxiv, "https://arxiv.org/abs/{}"),
        Scheme("doi", "DOI", "10.1145/3292500.3330701", doi, "https://doi.org/{}"),
        Scheme("openreview", "OpenReview", "tcbBPnfwxS", openreview, "https://openreview.net/forum?id={}"),
        Scheme("acl", "ACL Anthology", "2020.acl-main.703", acl, "https://aclanthology.org/{}/"),
    )
}


def first(kind: str, texts: Iterable[str]) -> str | None:
    """Return the first identifier of this kind among ``texts``, or ``None``."""
    return next(filter(None, map(SCHEMES[kind].read, texts)), None)


def named(held: Iterable[tuple[str, str | None]]) -> list[tuple[str, str]]:
    """Return identifiers, from pairs of kind and value, behind their schemes' names: ``("arXiv", "2210.17323")``."""
    return [(SCHEMES[kind].name, value) for kind, value in held if value]


def recognise(text: str) -> tuple[str, str] | None:
    """Return ``(kind, identifier)`` for an address or an unmistakable identifier, or ``None``.

    Bare OpenReview ids look like any word, so these count only in an address.
    """
    if value := arxiv(text):
        return "arxiv", value
    if value := doi(text):
        return "doi", value
    if "aclanthology.org" in text or "aclweb.org" in text:
        return ("acl", value) if (value := acl(text)) else None
    if "openreview.net" in text:
        return ("openreview", value) if (value := openreview(text)) else None
    return None
