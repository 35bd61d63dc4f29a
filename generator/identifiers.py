"""Identifiers of papers: recognise them in what people paste, bring them to one form, link to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit


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


# https://info.arxiv.org/help/arxiv_identifier.html: YYMM.NNNN (0704 to 1412), YYMM.NNNNN since, archive/YYMMNNN before.
_ARXIV_NEW = re.compile(r"(\d{2})(0[1-9]|1[0-2])\.(\d{4,5})(?:v\d+)?", re.ASCII)
_ARXIV_OLD = re.compile(r"([a-z-]+)(?:\.[A-Z]{2})?/(\d{2}(?:0[1-9]|1[0-2])\d{3})(?:v\d+)?", re.ASCII)
# https://www.doi.org/doi-handbook: prefix 10.NNNN…, a slash, any printable suffix; not case sensitive.
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[\x21-\x7e]+", re.ASCII)
_OPENREVIEW = re.compile(r"[A-Za-z0-9_-]{8,14}")
# https://aclanthology.org/info/ids/
_ACL = re.compile(r"(?:[A-Z]\d{2}-\d{4,5}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)", re.ASCII)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)


def _after(text: str, hosts: tuple[str, ...], *prefixes: str) -> str | None:
    """Return what follows one of ``prefixes`` in the path of an address on one of ``hosts``, or ``None``."""
    if "//" not in text:
        return None
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("export.").removeprefix("dx.")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or host not in hosts:
        return None
    path = unquote(parts.path)
    for prefix in prefixes:
        if path.startswith(prefix):
            return path.removeprefix(prefix) or None
    return None


def arxiv(text: str) -> str | None:
    """Return the unversioned arXiv id in ``text`` (an id, ``arXiv:…``, an address or arXiv's DOI), or ``None``."""
    text = text.strip()
    text = (
        _after(text, ("arxiv.org",), "/abs/", "/pdf/", "/html/")
        or _after(text, ("huggingface.co",), "/papers/")
        or text
    )
    text = text.removesuffix("/").removesuffix(".pdf")
    text = re.sub(r"^arxiv:\s*", "", text, flags=re.IGNORECASE)
    registered = _ARXIV_DOI.fullmatch(
        _after(text, ("doi.org",), "/") or re.sub(r"^doi:\s*", "", text, flags=re.IGNORECASE)
    )
    text = registered[1] if registered else text
    if match := _ARXIV_NEW.fullmatch(text):
        # Ids have four figures until December 2014 and five since.
        wanted = 4 if "07" <= match[1] < "15" else 5
        return f"{match[1]}{match[2]}.{match[3]}" if len(match[3]) == wanted else None
    if match := _ARXIV_OLD.fullmatch(text):
        return f"{match[1]}/{match[2]}"
    return None


def doi(text: str) -> str | None:
    """Return the DOI in ``text`` (a DOI, ``doi:…`` or an address of doi.org) in lower case, or ``None``."""
    text = text.strip()
    text = _after(text, ("doi.org",), "/") or text
    text = re.sub(r"^doi:\s*", "", text, flags=re.IGNORECASE)
    return text.lower() if _DOI.fullmatch(text) and not set(text) & set('<>"{}|\\^`') else None


def published(doi: str | None) -> str | None:
    """Return a DOI unless it is the one that arXiv gives: that says no more than the arXiv id."""
    return None if doi and arxiv(doi) else doi


def openreview(text: str) -> str | None:
    """Return the OpenReview forum id in ``text`` (an id or an address of a forum or PDF), or ``None``."""
    text = text.strip()
    if match := re.match(r"https?://openreview\.net/(?:forum|pdf)\?(?:[^#]*&)?id=([^&#]+)", text):
        text = match[1]
    return text if _OPENREVIEW.fullmatch(text) else None


def acl(text: str) -> str | None:
    """Return the ACL Anthology id in ``text`` (an id or an address), or ``None``."""
    text = text.strip()
    text = _after(text, ("aclanthology.org", "aclweb.org"), "/anthology/", "/") or text
    text = text.removesuffix("/").removesuffix(".pdf")
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
