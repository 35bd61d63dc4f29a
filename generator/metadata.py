"""What a page tells machines: citation tags and JSON-LD; and the OpenSearch description of the site.

Tags are plain text values until :func:`paper` prints them, escaped, for the head of a page. What every page says of
itself, its OpenGraph tags too, overrides/main.html prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from generator import escaping
from generator.facts.identifiers import SCHEMES
from generator.facts.names import is_cut, listed, people
from generator.facts.venues import container, is_journal
from generator.models import Author, PersonName, Record, Topic, family_first
from generator.settings import Settings
from generator.wording import cited_date, paper_url, plain_title

SEARCH_PAGE = "papers/?find={searchTerms}"
"""The page that answers a search, below the site's address; browsers put the words in place of ``{searchTerms}``."""

_SHORT_NAME, _LONG_NAME, _DESCRIPTION = 16, 48, 1024  # the most characters that OpenSearch 1.1 allows each


def paper_path(record_id: str) -> str:
    """Return the path of a paper's page below the site's root."""
    return f"papers/{record_id}/"


def paper(record_id: str, record: Record, settings: Settings, topics: Mapping[str, Topic]) -> list[str]:
    """Return the lines that the head of a paper's page has and other pages have not: citation tags and JSON-LD."""
    data = escaping.script_json(json_ld(record_id, record, settings, topics))
    return [
        *(
            f'<meta name="{escaping.html(name)}" content="{escaping.html(content)}">'
            for name, content in highwire(record_id, record, settings)
        ),
        f'<script type="application/ld+json">{data}</script>',
    ]


def highwire(record_id: str, record: Record, settings: Settings) -> list[tuple[str, str]]:
    """Return the Highwire Press tags of a paper as ``(name, content)`` pairs, authors in order.

    The names are those of https://scholar.google.com/intl/en/scholar/inclusion.html#indexing, and arXiv's own
    ``citation_arxiv_id``. No tag says that there are more authors: the last is ``others``, as in BibTeX, lest who saves
    the page in Zotero cites the first as all. Dates are YYYY, YYYY/MM or YYYY/MM/DD, as precise as they are known.
    ``citation_public_url`` is there for Zotero, which would otherwise take this list's page (``og:url``) for the
    address of the paper: https://github.com/zotero/translators/blob/master/Embedded%20Metadata.js
    """
    held = record.identifiers
    tags = [("citation_title", plain_title(record))]
    tags += [("citation_author", escaping.clean(family_first(author))) for author in record.authors]
    if date := cited_date(record):
        tags.append(("citation_publication_date", date.replace("-", "/")))
    if record.venue:
        kind = "journal" if is_journal(record.venue) else "conference"
        name, volume, pages = container(record.venue)
        tags.append((f"citation_{kind}_title", escaping.clean(name)))
        first, _, last = (pages or "").partition("-")
        stated = {"volume": volume, "firstpage": first, "lastpage": last}
        tags += [(f"citation_{part}", value) for part, value in stated.items() if value]
    if held.doi:
        tags.append(("citation_doi", held.doi))
    if held.arxiv:
        tags.append(("citation_arxiv_id", held.arxiv))
    paper = paper_url(record)
    if paper:
        tags.append(("citation_public_url", paper))
    if where := paper or settings.url(paper_path(record_id)):
        tags.append(("citation_abstract_html_url", where))
    if held.arxiv:
        tags.append(("citation_pdf_url", f"https://arxiv.org/pdf/{quote(held.arxiv)}"))
    return tags


def json_ld(record_id: str, record: Record, settings: Settings, topics: Mapping[str, Topic]) -> dict[str, Any]:
    """Return a paper as a https://schema.org/ScholarlyArticle for JSON-LD.

    ``topics`` gives the topics their names; those it does not hold are left out. A name that no source takes apart may
    be a person's or a group's: it stands without a type. The text of the paper, its abstract too, is left out. Print
    the result through ``escaping.script_json``.
    """
    held = {kind: value for kind, value in record.identifiers if value}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "name": plain_title(record),
        "author": [_author(author) for author in people(record.authors)],
        "creditText": escaping.clean(listed(record.author_names)) if is_cut(record.authors) else None,
        "datePublished": cited_date(record),
        "isPartOf": _container(record),
        "about": _about(record, settings, topics),
        "identifier": [
            {"@type": "PropertyValue", "propertyID": SCHEMES[kind].name, "value": value} for kind, value in held.items()
        ],
        "sameAs": [*(SCHEMES[kind].url(value) for kind, value in held.items()), *filter(None, [record.links.paper])],
        "mainEntityOfPage": settings.url(paper_path(record_id)),
    }
    return {name: value for name, value in data.items() if value}


def _author(author: Author) -> dict[str, str]:
    if not isinstance(author, PersonName):
        return {"name": escaping.clean(author)}
    if not author.given:  # a family name alone, or the name of a group
        return {"name": escaping.clean(author.family)}
    return {
        "@type": "Person",
        "name": escaping.clean(str(author)),
        "givenName": escaping.clean(author.given),
        "familyName": escaping.clean(author.family),
    }


def _container(record: Record) -> dict[str, str] | None:
    if not record.venue:
        return None
    kind = "Periodical" if is_journal(record.venue) else "CreativeWork"
    return {"@type": kind, "name": escaping.clean(container(record.venue).name)}


def _about(record: Record, settings: Settings, topics: Mapping[str, Topic]) -> list[dict[str, str]]:
    found = []
    for topic_id in record.topics:
        if topic_id in topics:
            where = settings.url(f"topics/{topic_id}/")
            known = {"url": where} if where else {"termCode": topic_id}
            found.append({"@type": "DefinedTerm", "name": escaping.clean(topics[topic_id].name), **known})
    return found


def opensearch(settings: Settings) -> str:
    """Return the OpenSearch description of the site's search, or nothing where the site has no address yet.

    Browsers follow absolute addresses alone, so without one there is no file to write.
    https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md
    """
    if not settings.site_url:
        return ""
    about = settings.site_description or f"Search {settings.site_name}"
    # The address is the maintainer's, but braces in it would read as parameters of the template.
    template = f"{escaping.url(settings.url())}{SEARCH_PAGE}"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">',
        f"  <ShortName>{escaping.html(_cut(settings.site_name, _SHORT_NAME))}</ShortName>",
        f"  <LongName>{escaping.html(_cut(settings.site_name, _LONG_NAME))}</LongName>",
        f"  <Description>{escaping.html(_cut(about, _DESCRIPTION))}</Description>",
        "  <InputEncoding>UTF-8</InputEncoding>",
        f'  <Url type="text/html" template="{escaping.html(template)}"/>',
        "</OpenSearchDescription>",
    ]
    return "\n".join(lines) + "\n"


def _cut(text: str, length: int) -> str:
    """Return ``text`` with at most ``length`` characters, cut between words where that leaves any."""
    text = escaping.clean(text)
    if len(text) <= length:
        return text
    return (text[: length + 1].rpartition(" ")[0] or text[:length]).rstrip(" ,;:-&")
