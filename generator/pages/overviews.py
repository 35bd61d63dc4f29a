"""The pages about the list as a whole: the first one, browse, coverage, pictures, map, discussed, changes, data."""

from __future__ import annotations

from collections.abc import Iterator

from generator import digest, exports
from generator.exports import data_schema
from generator.facts import dates
from generator.library import Library, coverage
from generator.models import LISTING_FORMATS, Source
from generator.pages.rendering import Draft
from generator.pictures.atlas import atlas
from generator.pictures.charts import charts
from generator.settings import Settings
from generator.wording import count, topic_name

_WIDE = ("navigation", "toc")
_DRAWN = ('<link rel="stylesheet" href="../assets/pictures.css">',)
_NEWEST = 5
"""How many of the papers that joined last the home page shows."""
_MOST_RANKED = 100
_MOST_OF_A_DAY = 60


def overviews(library: Library, settings: Settings) -> Iterator[Draft]:
    """Yield the pages, the first one before all others."""
    yield Draft(
        "index.md",
        "home.md.j2",
        settings.site_name,
        settings.site_description or settings.site_name,
        {"counts": counts(library), "newest": library.last_joined_first(library.newest_first)[:_NEWEST]},
        hide=_WIDE,
    )
    text = "All papers of the list: filter, sort, select and export them."
    yield Draft("papers/index.md", "browse.md.j2", "All papers", text, hide=_WIDE)
    text = "How complete the records are, and what is missing."
    yield Draft("coverage.md", "coverage.md.j2", "Coverage", text, {"coverage": coverage(library)})
    yield Draft("explore.md", "explore.md.j2", "Explore", "Other ways into the list, and what it is made of.")
    yield Draft(
        "pictures.md",
        "pictures.md.j2",
        "Pictures",
        f"{count(len(library.records), 'paper')} by year and topic, and the share with code, as pictures and tables.",
        {"charts": charts(library)},
        hide=_WIDE,
        head=_DRAWN,
    )
    yield Draft(
        "map.md",
        "map.md.j2",
        "Map of the list",
        "The papers of the list on a plane: near is what shares words and topics.",
        {"atlas": atlas(library)},
        hide=_WIDE,
        head=_DRAWN,
    )
    yield _discussed(library)
    yield _changes(library)
    yield _data()


def counts(library: Library) -> list[tuple[str, str]]:
    """Return the figures of the home page, ``12 papers``, and the page about each."""
    with_code = sum(bool(record.links.code) for record in library.records.values())
    return [
        (count(len(library.records), "paper"), "papers/index.md"),
        (count(len(library.topics), "topic"), "topics/index.md"),
        *([(count(len(library.paths), "reading path"), "paths/index.md")] if library.paths else []),
        (f"{with_code:,} with code", "papers/index.md?has=code"),
    ]


# --- discussed -------------------------------------------------------------------------------------------------------


def _discussed(library: Library) -> Draft:
    captures = {source_id: source for source_id, source in library.sources.items() if source.format in LISTING_FORMATS}
    dated = {source_id for source_id, source in library.sources.items() if source.captured}
    comments: list[tuple[str, int, str]] = []
    recurring: list[tuple[str, list[str]]] = []
    counting: set[str] = set()
    for record_id, record in library.records.items():
        counted = [seen for seen in record.seen if seen.comments is not None and seen.source in dated]
        counting.update(seen.source for seen in counted)
        if counted and (most := max(counted, key=lambda seen: (seen.comments or 0, seen.source))).comments:
            comments.append((record_id, most.comments, most.source))
        found = sorted({seen.source for seen in record.seen} & captures.keys())
        if len(found) > 1:
            recurring.append((record_id, found))
    # Both rest on the library's order, by title; sorting keeps it.
    comments.sort(key=lambda row: -row[1])
    recurring.sort(key=lambda row: -len(row[1]))
    return Draft(
        "discussed.md",
        "discussed.md.j2",
        "Discussed",
        "Papers by comments at their source, and by how often they recur in it, each with its day.",
        {
            "comments": comments[:_MOST_RANKED],
            "recurring": recurring[:_MOST_RANKED],
            "left_out": {"comments": len(comments) - _MOST_RANKED, "recurring": len(recurring) - _MOST_RANKED},
            "captures": captures,
            "counting": sorted(counting),
            "days": {source_id: _day(source) for source_id, source in library.sources.items()},
        },
    )


def _day(source: Source) -> str:
    """Return the day of a capture in words, with what of it is not known."""
    if not source.captured:
        return "day not stated"
    if dates.is_yearless(source.captured):
        return f"{dates.in_words(source.captured)}, year not stated"
    return dates.in_words(source.captured) + (f", {source.inferred} inferred" if source.inferred else "")


# --- what changed ----------------------------------------------------------------------------------------------------


def _changes(library: Library) -> Draft:
    days = []
    for day, changed in digest.by_day(library).items():
        many = changed.added if len(changed.added) > _MOST_OF_A_DAY else []
        by_topic = library.by_primary_topic(many).items()
        days.append((day, changed, [(topic, topic_name(library, topic), len(ids)) for topic, ids in by_topic]))
    return Draft(
        "changes.md",
        "changes.md.j2",
        "What changed",
        "Papers that joined the list, were corrected, merged, renamed or taken off it, by day.",
        {"days": days, "moved": digest.moved(library)},
    )


# --- data ------------------------------------------------------------------------------------------------------------


def _data() -> Draft:
    return Draft(
        "data.md",
        "data.md.j2",
        "Data",
        "The whole list to download: JSON with a schema, CSV, BibTeX, RIS and CSL-JSON, all in the public domain.",
        {
            "version": exports.SCHEMA_VERSION,
            "columns": exports.CSV_COLUMNS,
            "fields": data_schema.fields(),
        },
    )
