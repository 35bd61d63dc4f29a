"""Records as other programs read them: BibTeX, RIS, CSL-JSON, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from generator import escaping, store
from generator.facts import dates, titles
from generator.facts.identifiers import SCHEMES
from generator.facts.names import OTHERS
from generator.facts.venues import container, is_journal
from generator.models import Author, PersonName, Record
from generator.wording import cited_date, in_sentence, paper_url

SCHEMA_VERSION = 1
"""Version of the layout of ``papers.json``: raised when a field changes its meaning or goes, not when one is added."""

_MONTHS = [month.lower() for month in dates.MONTHS]


def bibtex_entry(record_id: str, record: Record) -> str:
    """Return one BibTeX entry; its key is the record's id."""
    kind, inside = "misc", None
    if record.venue:
        kind, inside = ("article", "journal") if is_journal(record.venue) else ("inproceedings", "booktitle")
    fields: list[tuple[str, str]] = [("title", f"{{{escaping.bibtex(titles.plain(record.title))}}}")]
    if record.authors:
        fields.append(("author", " and ".join(map(_bibtex_name, record.authors))))
    if date := cited_date(record):
        fields.append(("year", date[:4]))
        if len(date) > 4:
            fields.append(("month", _MONTHS[int(date[5:7]) - 1]))
        if len(date) > 7:
            fields.append(("day", str(int(date[8:]))))
    if inside and record.venue:
        name, volume, pages = container(record.venue)
        stated = {inside: escaping.bibtex(name), "volume": volume, "pages": (pages or "").replace("-", "--")}
        fields += [(field, value) for field, value in stated.items() if value]
    if record.identifiers.arxiv:
        fields += [("eprint", escaping.bibtex_verbatim(record.identifiers.arxiv)), ("archiveprefix", "arXiv")]
    if record.identifiers.doi:
        fields.append(("doi", escaping.bibtex_verbatim(record.identifiers.doi)))
    if url := paper_url(record):
        fields.append(("url", escaping.bibtex_verbatim(url)))
    own = {"openreview": record.identifiers.openreview, "acl": record.identifiers.acl, **_links(record, url)}
    fields += [(name, escaping.bibtex_verbatim(value)) for name, value in own.items() if value]
    if record.abstract:
        fields.append(("abstract", escaping.bibtex(record.abstract)))
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields]
    return "\n".join([f"@{kind}{{{record_id},", *lines, "}"])


def _links(record: Record, cited: str | None) -> dict[str, str]:
    """Return the paper's own links by kind, but for the one that is ``cited``, its :func:`paper_url`."""
    return {kind: url for kind, url in record.links if url and url != cited}


def _other_addresses(record: Record, cited: str | None) -> dict[str, str]:
    """Return the addresses of identifiers that the exports have no field for, but for the one that is ``cited``."""
    held = {"openreview": record.identifiers.openreview, "acl": record.identifiers.acl}
    found = {kind: SCHEMES[kind].url(value) for kind, value in held.items() if value}
    return {kind: url for kind, url in found.items() if url != cited}


def _bibtex_name(author: Author) -> str:
    if author == OTHERS:
        return OTHERS  # BibTeX's own word for it
    if isinstance(author, PersonName):
        family, given = _bibtex_part(author.family), _bibtex_part(author.given or "")
        return f"{family}, {given}" if given else f"{{{family}}}"
    return _bibtex_part(author)


def _bibtex_part(name: str) -> str:
    """Escape a name; braces keep ``and``, commas and ``others`` in it from being read as BibTeX's own."""
    text = escaping.bibtex(name)
    return f"{{{text}}}" if _BIBTEX_MARK.search(name) else text


_BIBTEX_MARK = re.compile(r"\band\b|[,{}\\]|^others$", re.IGNORECASE)


def reference(record: Record) -> str:
    """Return a paper as one line of a list of references: authors, year, title, venue, address, as far as known.

    Without authors the title comes first.
    """
    people = in_sentence(record.author_names)
    date = cited_date(record)
    title, year = titles.plain(record.title), f" ({date[:4]})" if date else ""
    parts = [f"{people}{year}", title, record.venue] if people else [f"{title}{year}", record.venue]
    known = [escaping.clean(part) for part in parts if part]
    ended = [part if part.endswith((".", "?", "!")) else f"{part}." for part in known]
    return " ".join([*ended, *filter(None, [paper_url(record)])])


def citations(record_id: str, record: Record) -> list[tuple[str, str, str]]:
    """Return what the cite box offers: format, name and text of each.

    Summary and abstract are left out, for they stand on the page already; the files of all papers have them.
    """
    cited = record.model_copy(update={"summary": None, "abstract": None})
    fields = [f"{_quoted(name)}: {_quoted(value)}" for name, value in csl_item(record_id, cited).items()]
    return [
        ("bibtex", "BibTeX", bibtex_entry(record_id, cited)),
        ("ris", "RIS", ris_entry(record_id, cited).replace("\r\n", "\n").strip("\n")),
        ("csl-json", "CSL-JSON", "[{" + ",\n  ".join(fields) + "}]"),
        ("text", "Plain text", reference(cited)),
    ]


_quoted = json.JSONEncoder(ensure_ascii=False).encode


def bibtex(records: Mapping[str, Record]) -> str:
    """Return all records as one BibTeX file."""
    return "".join(f"{bibtex_entry(record_id, record)}\n\n" for record_id, record in records.items())


def ris(records: Mapping[str, Record]) -> str:
    """Return all records as one RIS file, https://en.wikipedia.org/wiki/RIS_(file_format)."""
    return "".join(map(ris_entry, records, records.values()))


def ris_entry(record_id: str, record: Record) -> str:
    """Return one RIS entry."""
    kind = "GEN" if not record.venue else "JOUR" if is_journal(record.venue) else "CPAPER"
    lines = [("TY", kind), ("ID", record_id), ("TI", titles.plain(record.title))]
    lines += [("AU", _ris_name(author)) for author in record.authors]
    if date := cited_date(record):
        year, month, day = (*date.split("-"), "", "")[:3]
        lines += [("PY", year), ("DA", f"{year}/{month}/{day}/")]
    if record.venue:
        name, volume, pages = container(record.venue)
        start, _, end = (pages or "").partition("-")
        lines.append(("JO" if kind == "JOUR" else "T2", name))
        lines += [(tag, value) for tag, value in (("VL", volume), ("SP", start), ("EP", end)) if value]
    if record.identifiers.doi:
        lines.append(("DO", record.identifiers.doi))
    if record.identifiers.arxiv:
        lines.append(("M1", f"arXiv:{record.identifiers.arxiv}"))
    if url := paper_url(record):
        lines.append(("UR", url))
    lines += [("UR", other) for other in _other_addresses(record, url).values()]
    if record.abstract:
        lines.append(("AB", record.abstract))
    if record.summary:
        lines.append(("N1", record.summary))
    lines += [("N1", f"{kind}: {link}") for kind, link in _links(record, url).items()]
    lines += [("KW", topic) for topic in record.topics]
    return "".join(f"{tag}  - {escaping.ris(value)}\r\n" for tag, value in lines) + "ER  - \r\n\r\n"


def _ris_name(author: Author) -> str:
    """Return a name for RIS, where two commas stand for one that parts no family name from a given one."""
    if isinstance(author, PersonName) and author.given:
        return ", ".join(part.replace(",", ",,") for part in (author.family, author.given))
    return str(author).replace(",", ",,")


def csl_item(record_id: str, record: Record) -> dict[str, Any]:
    """Return one CSL-JSON item, https://github.com/citation-style-language/schema.

    It has no word for a list that is cut; a last name ``others``, which stands for it in BibTeX, is "et al." to Pandoc,
    and is printed as it is elsewhere (https://github.com/jgm/citeproc/issues/61). RIS has none either.
    """
    kind = "article" if not record.venue else "article-journal" if is_journal(record.venue) else "paper-conference"
    item: dict[str, Any] = {"id": record_id, "type": kind, "title": escaping.clean(titles.plain(record.title))}
    if record.authors:
        item["author"] = [
            {"family": author.family, **({"given": author.given} if author.given else {})}
            if isinstance(author, PersonName)
            else {"literal": author}
            for author in record.authors
        ]
    if date := cited_date(record):
        item["issued"] = {"date-parts": [[int(part) for part in date.split("-")]]}
    if record.venue:
        stated = dict(zip(("container-title", "volume", "page"), container(record.venue), strict=True))
        item |= {name: value for name, value in stated.items() if value}
    if record.identifiers.doi:
        item["DOI"] = record.identifiers.doi
    if record.identifiers.arxiv:
        item |= {"archive": "arXiv", "archive_location": record.identifiers.arxiv}
    if url := paper_url(record):
        item["URL"] = url
    if record.abstract:
        item["abstract"] = escaping.clean(record.abstract)
    if record.topics:
        item["keyword"] = ", ".join(record.topics)
    if record.summary:
        item["note"] = escaping.clean(record.summary)
    others = {
        "acl_anthology" if kind == "acl" else kind: other for kind, other in _other_addresses(record, url).items()
    }
    if urls := others | _links(record, url):
        item["custom"] = {"urls": urls}
    return item


def csl_json(records: Mapping[str, Record]) -> str:
    """Return all records as one CSL-JSON list."""
    return f"{_json_list([csl_item(record_id, record) for record_id, record in records.items()])}\n"


CSV_COLUMNS = (
    "id",
    "title",
    "authors",
    "author_count",
    "year",
    "issued",
    "venue",
    "type",
    "topics",
    "arxiv",
    "doi",
    "openreview",
    "acl",
    "url",
    "paper",
    "code",
    "project",
    "model",
    "dataset",
    "why",
    "summary",
    "abstract",
    "added",
)


def csv_table(records: Mapping[str, Record]) -> str:
    """Return all records as a CSV table with a header row (RFC 4180), safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for record_id, record in records.items():
        row = {
            "id": record_id,
            "title": titles.plain(record.title),
            "authors": " and ".join(map(_csv_name, record.authors)),
            "author_count": record.author_count,
            "year": record.issued[:4] if record.issued else "",
            "issued": record.issued,
            "venue": record.venue,
            "type": record.type,
            "topics": " ".join(record.topics),
            **dict(record.identifiers),
            "url": paper_url(record),
            **dict(record.links),
            "why": record.why,
            "summary": record.summary,
            "abstract": record.abstract,
            "added": record.added,
        }
        writer.writerow([escaping.csv_cell(str(value)) if (value := row[name]) else "" for name in CSV_COLUMNS])
    return out.getvalue()


def _csv_name(author: Author) -> str:
    """Return a name as ``Family, Given`` where a source tells the two apart; braces hold together what holds marks."""
    parts = [author.family, author.given] if isinstance(author, PersonName) and author.given else [str(author)]
    return ", ".join(f"{{{_balanced(part)}}}" if _CSV_MARK.search(part) else part for part in parts)


def _balanced(text: str) -> str:
    """Return ``text`` without its braces unless each has its other half."""
    rest = re.sub(r"[^{}]", "", text)
    while "{}" in rest:
        rest = rest.replace("{}", "")
    return re.sub(r"[{}]", "", text) if rest else text


_CSV_MARK = re.compile(r"[,;&{}]|\band\b", re.IGNORECASE)


def json_data(records: Mapping[str, Record]) -> str:
    """Return all records with every field, as ``{"version": 1, "papers": [{"id": …, …}]}``."""
    papers = _json_list([{"id": record_id, **store.plain(record)} for record_id, record in records.items()])
    return f'{{"version": {SCHEMA_VERSION}, "papers": {papers}}}\n'


def _json_list(items: list[dict[str, Any]]) -> str:
    """Return a JSON list with one item on each line."""
    return "[\n" + ",\n".join(json.dumps(item, ensure_ascii=False) for item in items) + "\n]"


FORMATS: Mapping[str, Callable[[Mapping[str, Record]], str]] = {
    "bibtex": bibtex,
    "ris": ris,
    "csl-json": csl_json,
    "csv": csv_table,
    "json": json_data,
}
FILE_NAMES = {
    "bibtex": "papers.bib",
    "ris": "papers.ris",
    "csl-json": "papers.csl.json",
    "csv": "papers.csv",
    "json": "papers.json",
}
