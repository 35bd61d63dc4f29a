"""Venues: what their names say of them."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

# Journals by names that hold a word of proceedings, or are acronyms as those of conferences are.
_JOURNAL = re.compile(
    r"\b(?i:proc(?:eedings|\.)(?: of)?(?: the)? (?:acm on|vldb|national academy|royal society|ieee\W*(?:\d|$)))"
    r"|\b(?:IEEE|ACM) T[A-Z]{2,}"
    r"|\b(?i:journal|tpami|pami|tip|tkde|tnnls|tog|tois|tmlr|tacl|jmlr|jair|jacm|cacm|csur|ijcv|pnas|plos|corr"
    r"|bmj|jama|nejm|jacs|jhep|mnras)\b"
    r"|\b(?:NATURE|SCIENCE)\b"
)
_PROCEEDINGS = re.compile(
    r"\b(?:proceedings|proc\b|conf(?:eren|\.)|symp(?:osi|\.)|simposi|workshop|meeting|congr[eè]s|coloqui|colloq|findings"
    r"|convention|lecture notes|track\b|datasets and benchmarks|demo(?:s?\b|nstration)|poster|spotlight|oral$|blog"
    r"|neural information processing systems|interspeech|usenix)"
    r"|kon(?:feren|gres)|tagung|конферен|симпози|研究会|研讨会|研討會|大会|会[议議]|會議|학술대회|مؤتمر",
    re.IGNORECASE,
)
# NeurIPS, ICML’23, ACL-IJCNLP 2021, ESEC/FSE, EMNLP (Findings), ICLR 2024 Oral: two capitals in a row, then no word.
_ACRONYM = r"(?=[A-Za-z\d]*[A-Z]{2})[A-Za-z\d]++"
_ACRONYMS = re.compile(rf"\W*{_ACRONYM}(?:[\s/&@+-]+(?:{_ACRONYM}|[A-Z]\b))*(?!\s*[^\W\d])")

# What stands where a journal would, in entries of papers that are in none.
_PREPRINT = re.compile(r"\b(?:arxiv|corr)\b|\babs/", re.IGNORECASE)

# ICLR 2024 (arXiv 2310.12345); NeurIPS 2023, arXiv:2310.12345
_BESIDE_VENUE = re.compile(r"(?: ?[(\[] ?arxiv\b[^()\[\]]*[)\]]|[,;] ?arxiv\b[^,;]*)$", re.IGNORECASE)

# No volume or page: the years of a range, as in 1998-2004, say nothing.
_YEAR = re.compile(r"(?<!\d)(?<!\d[-–/.:])(?:19|20)\d\d(?![-–/.:]?\d)", re.ASCII)

# PubMed tells journals of one name apart by when they began, as Social science & medicine (1982).
_FAR = 10

# Nature Communications 14, 8192 (2023); IEEE Access (2024) 96017-96050; Loom Studies 149 (2023); IEEE TPAMI 2023.
_PAGES = r"[A-Za-z]?[0-9]+(?:[-–][A-Za-z]?[0-9]+)?"
_PLACE = re.compile(
    rf"(?P<name>.*[^\W\d_][.)]?)(?: (?P<volume>[0-9]+)(?:, (?P<before>{_PAGES}))?)?"
    rf" (?:\((?:19|20)[0-9]{{2}}\)|(?:19|20)[0-9]{{2}})(?: (?P<behind>{_PAGES}))?"
)


class Container(NamedTuple):
    """What a paper is cited to stand in, and where: volume and pages, as far as the venue says so."""

    name: str
    volume: str | None = None
    pages: str | None = None


@functools.lru_cache(maxsize=4096)  # one venue has many papers, and each paper is cited in many forms
def container(venue: str) -> Container:
    """Take the name of a journal apart from volume, pages and year; proceedings go by a name that holds their year."""
    found = _PLACE.fullmatch(venue) if is_journal(venue) else None
    if found is None:
        return Container(venue)
    pages = found["before"] or found["behind"]
    if pages:
        pages = pages.replace("–", "-")
    return Container(found["name"], found["volume"], pages)


def placed(name: str, volume: str | None, pages: str | None, year: int | None) -> str:
    """Return the venue that :func:`container` takes apart into these: ``Loom Studies 14, 8192-8199 (2023)``.

    Of proceedings, without a year, and where no more is read of volume and pages, that is their ``name`` alone.
    """
    pages = re.sub(r"\s*[-–—]+\s*", "-", pages or "").strip()
    forms = (
        (f"{name} {volume}, {pages} ({year})", f"{name} {volume} ({year})") if volume else (f"{name} ({year}) {pages}",)
    )
    return next((venue for venue in forms if container(venue).name == name), name)


def agree(one: str, other: str) -> bool:
    """Tell whether two venues are one, of which one may lack volume and pages."""
    (name, *place), (other_name, *other_place) = container(one), container(other)
    return name.casefold() == other_name.casefold() and all(
        here == there or not (here and there) for here, there in zip(place, other_place, strict=True)
    )


@functools.lru_cache(maxsize=4096)
def is_journal(venue: str) -> bool:
    """Tell from its name whether a venue is a journal: each one is that its name does not make proceedings."""
    if _JOURNAL.search(venue):
        return True
    return not (_PROCEEDINGS.search(venue) or _ACRONYMS.match(venue))


def _is_preprint(venue: str) -> bool:
    """Tell whether a venue only says that the paper is on arXiv, and maybe nowhere else."""
    return _PREPRINT.search(venue) is not None


def without_preprint(venue: str) -> str | None:
    """Return a venue without what only says that the paper is on arXiv: nothing, unless it surely names more."""
    if not _is_preprint(venue):
        return venue
    rest = _BESIDE_VENUE.sub("", venue)
    edition = _ACRONYMS.match(rest) and _YEAR.search(rest)
    return rest if not _is_preprint(rest) and (edition or _JOURNAL.search(rest) or _PROCEEDINGS.search(rest)) else None


@functools.lru_cache(maxsize=1024)
def cited_date(venue: str | None, issued: str | None, preprint: str | None = None) -> str | None:
    """Return the date that a citation gives: ``issued``, but with a ``venue`` the year that this states, if any.

    A paper of ``COLM 2024`` may be on arXiv since December 2023. What is cited with a venue is its edition, of which
    the name tells the year alone: month and day are the preprint's where that is another year, or there is a
    ``preprint``, by its identifier. A year far from ``issued`` is part of a journal's name.
    """
    years = set(_YEAR.findall(venue or ""))
    year = years.pop() if len(years) == 1 else ""
    if venue and year and issued and is_journal(venue) and abs(int(issued[:4]) - int(year)) > _FAR:
        year = ""
    if not (issued and issued.startswith(year)):
        return year or None
    return issued[:4] if venue and preprint else issued
