"""The Markdown pages of a list: each made from the library alone, through the templates in ``templates/``.

Whatever a template prints is escaped for Markdown unless a filter has made it safe for another place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

import jinja2
from markupsafe import Markup

from generator import authors, dates, escaping, exports, feeds, formulas, metadata, overviews, titles, wording
from generator.library import UNSORTED, Library, coverage
from generator.models import Record, Retraction
from generator.related import Relation, related, term_weights
from generator.settings import Settings

MARK = "# Generated from the records; edit those, not this file."

_SEARCHES = (
    ("Hugging Face papers", "https://huggingface.co/papers?q="),
    ("arXiv", "https://arxiv.org/search/?searchtype=title&query="),
    ("Semantic Scholar", "https://www.semanticscholar.org/search?q="),
    ("Google Scholar", "https://scholar.google.com/scholar?q="),
)
# What a reader expects of a paper; what of it no source states is named on the page.
_EXPECTED = {"authors": "authors", "issued": "date", "venue": "venue"}
_NEWEST = 5
"""How many of the papers that joined last the home page shows."""


@dataclass(frozen=True)
class Page:
    """One Markdown file: its path inside the docs folder, and its text."""

    path: str
    text: str


@dataclass(frozen=True)
class _Writer:
    library: Library
    settings: Settings
    wanted: Sequence[str] | None = None  # the records whose pages are written; all of them where it says nothing

    @cached_property
    def author_ids(self) -> Mapping[str, str]:
        return authors.author_ids(self.library)

    @cached_property
    def words(self) -> Mapping[str, Mapping[str, float]]:
        return term_weights(self.library.records)

    @cached_property
    def relations(self) -> Mapping[str, tuple[Relation, ...]]:
        return related(self.library.records, of=self.wanted, weights=self.words)

    @cached_property
    def entry(self) -> Callable[[str, str], Markup]:
        """How lists show a paper, from its id and what its address begins with: once made, for it stands in many."""
        made = _environment().get_template("macros.md.j2").module.entry  # type: ignore[attr-defined]

        @cache
        def entry(record_id: str, before: str) -> Markup:
            return Markup(made(self.library.records[record_id], before + record_id))

        return entry

    def page(
        self,
        path: str,
        template: str,
        title: str,
        description: str,
        head: Iterable[str] = (),
        hide: Sequence[str] = ("navigation",),
        **values: Any,
    ) -> Page:
        """Render one page.

        Its front matter has the title, the description and the page's own lines for the HTML head, to which ``head``
        adds: all made safe for the place where overrides/main.html prints them as they are.
        """
        depth = path.count("/")
        kind = "article" if path.startswith("papers/") and "record" in values else "website"
        description = wording.shorten(description)
        tags = metadata.open_graph(title, description, _url(path), self.settings, kind=kind, image=self.settings.card)
        front_matter = {
            "title": escaping.html(title),
            "description": escaping.html(description),
            "head": "\n".join([*head, *metadata.lines("property", tags)]),
        }
        front = "\n".join(f"{key}: {_quoted(value)}" for key, value in front_matter.items())
        body = (
            _environment()
            .get_template(template)
            .render(
                library=self.library,
                settings=self.settings,
                entry=self.entry,
                root="../" * depth,
                title=title,
                **values,
            )
        )
        front += f"\nhide: [{', '.join(hide)}]"
        return Page(path, f"---\n{MARK}\n{front}\n---\n\n{body.strip()}\n")

    def papers(self) -> Iterator[Page]:
        for record_id in self.library.records if self.wanted is None else self.wanted:
            record = self.library.records[record_id]
            asked = escaping.query(titles.plain(record.title))
            yield self.page(
                f"papers/{record_id}.md",
                "paper.md.j2",
                titles.plain(record.title),
                record.why or record.summary or f"{titles.plain(record.title)}: facts, links and related papers.",
                metadata.paper(record_id, record, self.settings, self.library.topics),
                id=record_id,
                record=record,
                heading=_heading(record.title),
                links=wording.links_of(record),
                facts=list(wording.facts_of(record, self.library)),
                topics=[
                    (topic, self.library.topics[topic].name) for topic in record.topics if topic in self.library.topics
                ],
                on_paths=self.library.on_paths.get(record_id, ()),
                missing=[name for field, name in _EXPECTED.items() if not getattr(record, field)],
                related=self.relations[record_id],
                citations=exports.citations(record_id, record),
                searches=[(name, address + asked) for name, address in _SEARCHES],
                edit_url=self.settings.edit_url(f"papers/{record_id}.yaml"),
                author_ids=self.author_ids,
            )

    def redirects(self) -> Iterator[Page]:
        answering: dict[str, Record | Retraction] = {**self.library.retracted, **self.library.records}
        for old, new in sorted(self.library.redirects.items()):
            if old not in answering and new in answering:
                path, title = f"papers/{old}.md", titles.plain(answering[new].title)
                leading = f'<meta http-equiv="refresh" content="0; url=../{escaping.html(new)}/">'
                yield self.page(path, "moved.md.j2", title, f"This page has moved to {title}.", [leading], new=new)
        for name, gone in self.library.retracted.items():
            if name not in self.library.records:
                path, title = f"papers/{name}.md", titles.plain(gone.title)
                text, links = f"Taken off this list: {gone.reason}", wording.paper_links(gone.identifiers)
                yield self.page(path, "retracted.md.j2", title, text, gone=gone, links=links)

    def topics(self) -> Iterator[Page]:
        for topic_id, topic in self.library.topics.items():
            ids = self.library.by_topic.get(topic_id, ())
            description = topic.description or f"{len(ids)} papers on {topic.name}."
            yield self.page(
                f"topics/{topic_id}.md",
                "topic.md.j2",
                topic.name,
                description,
                feeds.lines(self.library, self.settings, topic_id),
                id=topic_id,
                topic=topic,
                ids=ids,
            )
        unsorted = self.library.by_topic.get(UNSORTED, ())
        if unsorted:
            yield self.page(
                "topics/unsorted.md",
                "list.md.j2",
                "Unsorted",
                "Papers that still want a topic.",
                ids=unsorted,
                intro="Papers that still want a topic.",
            )
        yield self.page(
            "topics/index.md", "topics.md.j2", "Topics", "All topics of the list, by group.", unsorted=unsorted
        )

    def years(self) -> Iterator[Page]:
        for year, ids in self.library.by_year.items():
            yield self.page(
                f"years/{year}.md",
                "list.md.j2",
                str(year),
                f"Papers issued in {year}.",
                ids=ids,
                intro=wording.count(len(ids), "paper") + f" issued in {year}.",
            )
        undated = self.library.undated
        if undated:
            text = "Papers for which no source states a date."
            yield self.page("years/undated.md", "list.md.j2", "Undated", text, ids=undated, intro=text)
        yield self.page("years/index.md", "years.md.j2", "Years", "The papers by year of issue.", undated=undated)

    def sources(self) -> Iterator[Page]:
        for source_id, source in self.library.sources.items():
            entries = self.library.by_source.get(source_id, ())
            yield self.page(
                f"sources/{source_id}.md",
                "source.md.j2",
                source.name,
                f"{len(entries)} entries of {source.name}, in their own order.",
                source=source,
                entries=entries,
            )
        yield self.page(
            "sources/index.md", "sources.md.j2", "Sources", "The files that the entries of this list came from."
        )

    def paths(self) -> Iterator[Page]:
        for path_id, path in self.library.paths.items():
            yield self.page(
                f"paths/{path_id}.md",
                "path.md.j2",
                path.title,
                path.description or path.title,
                steps=path.steps,
                intro=path.description,
            )
        yield self.page(
            "paths/index.md", "paths.md.j2", "Reading paths", "Papers in a sensible order, each path for one need."
        )

    def overviews(self) -> Iterator[Page]:
        yield self.page(
            "index.md",
            "home.md.j2",
            self.settings.site_name,
            self.settings.site_description or self.settings.site_name,
            counts=_counts(self.library),
            newest=self.library.latest[:_NEWEST],
            hide=("navigation", "toc"),
        )
        yield self.page(
            "papers/index.md",
            "browse.md.j2",
            "All papers",
            f"All {len(self.library.records)} papers of the list: filter, sort, select and export them.",
            hide=("navigation", "toc"),
        )
        yield self.page(
            "coverage.md",
            "coverage.md.j2",
            "Coverage",
            "How complete the records are, and what is missing.",
            coverage=coverage(self.library),
        )
        for each in (
            *overviews.overviews(self.library, self.words),
            *authors.author_pages(self.library, self.author_ids),
        ):
            yield self.page(each.path, each.template, each.title, each.description, hide=each.hide, **each.values)


def pages(library: Library, settings: Settings) -> Iterator[Page]:
    """Yield every page of the list, in a fixed order; equal libraries and settings give equal pages."""
    writer = _Writer(library, settings)
    for part in (
        writer.overviews,
        writer.papers,
        writer.redirects,
        writer.topics,
        writer.years,
        writer.sources,
        writer.paths,
    ):
        yield from part()


def papers(library: Library, settings: Settings, ids: Sequence[str]) -> Iterator[Page]:
    """Yield the pages of the records ``ids`` alone, as :func:`pages` does."""
    return _Writer(library, settings, ids).papers()


FOLDERS = ("papers", "topics", "years", "sources", "paths", "authors")
"""The folders under docs that hold nothing but generated pages."""


# --- what the templates show -----------------------------------------------------------------------------------------


def _counts(library: Library) -> list[tuple[int, str, str]]:
    """Return the figures of the home page: number, what it counts, and the page about it."""
    return [
        (len(library.records), "papers", "papers/index.md"),
        (len(library.topics), "topics", "topics/index.md"),
        *([(len(library.paths), "reading paths", "paths/index.md")] if library.paths else []),
        (sum(bool(record.links.code) for record in library.records.values()), "with code", "coverage.md"),
    ]


def _heading(title: str) -> Markup:
    """Return a title for a Markdown heading, its mathematics as MathML."""
    pieces = []
    for is_math, text in titles.split_math(title):
        mathml = formulas.mathml(text) if is_math else None
        pieces.append(mathml or escaping.markdown(titles.plain(f"${text}$" if is_math else text)))
        if not is_math:  # spaces at the ends part words from formulas
            pieces[-1] = " " * text.startswith(" ") + pieces[-1] + " " * text.endswith(" ")
    return Markup("".join(pieces).strip())


def _url(path: str) -> str:
    """Return the address of a page below the site's root: ``papers/loom.md`` is read at ``papers/loom/``."""
    return "" if path == "index.md" else f"{path.removesuffix('.md')}/".removesuffix("index/")


# Not ASCII alone: YAML reads \\ud83d\\ude42 as two halves of a character.
_quoted = json.JSONEncoder(ensure_ascii=False).encode


# --- the template environment ----------------------------------------------------------------------------------------


def _finalize(value: Any) -> str:
    """Escape whatever a template prints, unless it is marked as safe; what is returned is printed as it is."""
    if type(value) is str:
        return escaping.markdown(value)
    if isinstance(value, Markup):
        return str(value)
    return "" if value is None else escaping.markdown(str(value))


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("generator"),
        finalize=_finalize,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - finalize escapes for Markdown
    )
    environment.filters["href"] = lambda text: Markup(escaping.html(escaping.url(text)))
    environment.filters["as_printed"] = wording.as_printed
    environment.filters["figures"] = wording.figures
    environment.filters["shorten"] = wording.shorten
    environment.filters["url"] = lambda text: Markup(escaping.url(text))
    environment.filters["plain"] = titles.plain
    environment.filters["byline"] = wording.byline
    environment.filters["date"] = dates.in_words
    environment.filters["count"] = wording.count
    environment.filters["paragraphs"] = lambda text: Markup(
        "\n\n".join(escaping.markdown(part) for part in (text or "").split("\n\n"))
    )
    return environment
