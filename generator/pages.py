"""The Markdown pages of a list: each made from the library alone, through the templates in ``templates/``.

Whatever a template prints is escaped for Markdown unless a filter has made it safe for another place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from itertools import chain
from typing import Any

from markupsafe import Markup

from generator import authors, escaping, exports, feeds, formulas, metadata, overviews, rendering, titles, wording
from generator.library import UNSORTED, Library, coverage
from generator.models import Record, Retraction
from generator.names import is_cut, people
from generator.related import Relation, related
from generator.settings import Settings

MARK = "# Generated from the records; edit those, not this file."

# What a reader expects of a paper; what of it no source states is named on the page.
_EXPECTED = {"authors": "authors", "issued": "date", "venue": "venue"}
_NEWEST = 5
"""How many of the papers that joined last the home page shows."""


@dataclass(frozen=True)
class Page:
    """One Markdown file: its path inside the docs folder, and how its text is made."""

    path: str
    make: Callable[[], str]
    made_of: str = ""
    """A key of all that the page shows, beside the settings; empty where that is the list as a whole."""

    @property
    def text(self) -> str:
        """The Markdown, made anew."""
        return self.make()


@dataclass(frozen=True)
class _Writer:
    library: Library
    settings: Settings
    relations: Mapping[str, Sequence[Relation]] = field(default_factory=dict)

    @cached_property
    def entry(self) -> Callable[[str, str], Markup]:
        """How lists show a paper, from its id and what its address begins with: once made, for it stands in many."""
        made = rendering.environment().get_template("macros.md.j2").module.entry  # type: ignore[attr-defined]

        @cache
        def entry(record_id: str, before: str) -> Markup:
            return Markup(made(self.library.records[record_id], before + record_id))

        return entry

    @cached_property
    def tables(self) -> str:
        """A digest of what any page may show beside records: topics and sources."""
        return hashlib.sha256(repr((self.library.topics, self.library.sources)).encode()).hexdigest()

    @cached_property
    def path_keys(self) -> Mapping[str, str]:
        """A key of what each reading path shows, by its id."""
        keys = self.library.keys
        return {
            path_id: self.made_of(path, *(keys[step.paper] for step in path.steps if step.paper in keys))
            for path_id, path in self.library.paths.items()
        }

    def made_of(self, *parts: object) -> str:
        """Return a key of what a page shows, beside the tables: values whose ``repr`` says all of them."""
        return hashlib.sha256(f"{self.tables}{parts!r}".encode()).hexdigest()[:24]

    def page(
        self,
        path: str,
        template: str,
        title: str,
        description: str,
        *,
        records: Iterable[str] | None = None,
        **rest: Any,
    ) -> Page:
        """Return one page, to be rendered by :meth:`text`.

        ``records`` are the ids of all records that it shows, where these, the other values and the tables are all it
        shows.
        """
        make = partial(self.text, path, template, title, description, **rest)
        if records is None:
            return Page(path, make)
        keys = [self.library.keys[record_id] for record_id in records]
        return Page(path, make, self.made_of(template, title, description, rest, keys))

    def text(
        self,
        path: str,
        template: str,
        title: str,
        description: str,
        *,
        head: Iterable[str] = (),
        hide: Sequence[str] = ("navigation",),
        **values: Any,
    ) -> str:
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
            rendering.environment()
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
        return f"---\n{MARK}\n{front}\n---\n\n{body.strip()}\n"

    def papers(self, ids: Iterable[str]) -> Iterator[Page]:
        keys = self.library.keys
        for record_id in ids:
            made_of = self.made_of(
                keys[record_id],
                [(each.id, keys[each.id], each.topics, each.words) for each in self.relations[record_id]],
                [(self.path_keys[path_id], place) for path_id, place in self.library.on_paths.get(record_id, ())],
                [self.library.author_ids.get(name) for name in self.library.records[record_id].author_names],
            )
            yield Page(f"papers/{record_id}.md", partial(self.paper, record_id), made_of)

    def paper(self, record_id: str) -> str:
        """Render the page of one record: :meth:`papers` says what it shows."""
        record = self.library.records[record_id]
        return self.text(
            f"papers/{record_id}.md",
            "paper.md.j2",
            titles.plain(record.title),
            record.why or record.summary or f"{titles.plain(record.title)}: facts, links and related papers.",
            head=metadata.paper(record_id, record, self.settings, self.library.topics),
            id=record_id,
            record=record,
            heading=Markup(formulas.heading(record.title)),
            links=wording.links_of(record),
            facts=list(wording.facts_of(record, self.library)),
            topics=[
                (topic, self.library.topics[topic].name) for topic in record.topics if topic in self.library.topics
            ],
            on_paths=self.library.on_paths.get(record_id, ()),
            people=people(record.author_names),
            cut=is_cut(record.authors),
            missing=["the other authors"] * is_cut(record.authors)
            + [name for field, name in _EXPECTED.items() if not getattr(record, field)],
            related=list(self.related(record_id)),
            citations=exports.citations(record_id, record),
            searches=wording.searches(record),
            edit_url=self.settings.edit_url(f"papers/{record_id}.yaml"),
            author_ids=self.library.author_ids,
        )

    def related(self, record_id: str) -> Iterator[tuple[Markup, str, list[str]]]:
        """Yield the papers related to one: each as in lists, a topic's name and words of both, as the page prints them.

        In a preview, the relations are those of the last build: of a term that the text has lost, nothing is said.
        """
        relations, topics = self.relations[record_id], self.library.topics
        printed = wording.as_printed(
            self.library.records[record_id], {word for relation in relations for word in relation.words}
        )
        for relation in relations:
            shared = next((topics[topic].name for topic in relation.topics if topic in topics), "")
            yield self.entry(relation.id, ""), shared, [printed[word] for word in relation.words if word in printed]

    def redirects(self) -> Iterator[Page]:
        answering: dict[str, Record | Retraction] = {**self.library.retracted, **self.library.records}
        for old, new in sorted(self.library.redirects.items()):
            if old not in answering and new in answering:
                path, title = f"papers/{old}.md", titles.plain(answering[new].title)
                leading = f'<meta http-equiv="refresh" content="0; url=../{escaping.html(new)}/">'
                yield self.page(path, "moved.md.j2", title, f"This page has moved to {title}.", head=[leading], new=new)
        for name, gone in self.library.retracted.items():
            if name not in self.library.records:
                path, title = f"papers/{name}.md", titles.plain(gone.title)
                text, links = f"Taken off this list: {gone.reason}", wording.paper_links(gone.identifiers)
                yield self.page(path, "retracted.md.j2", title, text, gone=gone, links=links)

    def topics(self) -> Iterator[Page]:
        for topic_id, topic in self.library.topics.items():
            ids = self.library.by_topic.get(topic_id, ())
            description = topic.description or f"{wording.count(len(ids), 'paper')} on {topic.name}."
            yield self.page(
                f"topics/{topic_id}.md",
                "topic.md.j2",
                topic.name,
                description,
                head=feeds.lines(self.library, self.settings, topic_id),
                records=[*ids, *(each.paper for each in topic.start_here if each.paper in self.library.records)],
                id=topic_id,
                topic=topic,
                ids=ids,
                address=metadata.address(self.settings, f"topics/{topic_id}/"),
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
                records=ids,
                ids=ids,
                intro=wording.count(len(ids), "paper") + f" issued in {year}.",
            )
        undated = self.library.undated
        if undated:
            text = "Papers for which no source states a date."
            yield self.page("years/undated.md", "list.md.j2", "Undated", text, records=undated, ids=undated, intro=text)
        yield self.page("years/index.md", "years.md.j2", "Years", "The papers by year of issue.", undated=undated)

    def sources(self) -> Iterator[Page]:
        for source_id, source in self.library.sources.items():
            entries = self.library.by_source.get(source_id, ())
            yield self.page(
                f"sources/{source_id}.md",
                "source.md.j2",
                source.name,
                f"The entries of {source.name}, in their own order.",
                records=[record_id for record_id, _ in entries],
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
            counts=overviews.counts(self.library),
            newest=self.library.latest[:_NEWEST],
            hide=("navigation", "toc"),
        )
        yield self.page(
            "papers/index.md",
            "browse.md.j2",
            "All papers",
            "All papers of the list: filter, sort, select and export them.",
            hide=("navigation", "toc"),
        )
        yield self.page(
            "coverage.md",
            "coverage.md.j2",
            "Coverage",
            "How complete the records are, and what is missing.",
            coverage=coverage(self.library),
        )
        own = overviews.overviews(self.library, self.library.words)
        for each in chain(own, authors.author_pages(self.library)):
            said = (each.path, each.template, each.title, each.description)
            shown = each.values.get("ids")  # all that the page of an author shows, beside names
            yield self.page(*said, records=shown, head=each.head, hide=each.hide, **each.values)


def pages(library: Library, settings: Settings) -> Iterator[Page]:
    """Yield every page of the list, in a fixed order; equal libraries and settings give equal pages."""
    writer = _Writer(library, settings, library.relations)
    yield from writer.overviews()
    yield from writer.papers(library.records)
    for part in (writer.redirects, writer.topics, writer.years, writer.sources, writer.paths):
        yield from part()


def papers(
    library: Library, settings: Settings, ids: Sequence[str], relations: Mapping[str, Sequence[Relation]] | None = None
) -> Iterator[Page]:
    """Yield the pages of the records ``ids`` alone, as :func:`pages` does; or with related papers that are known."""
    relations = relations or related(library.records, of=ids, weights=library.words)
    return _Writer(library, settings, relations).papers(ids)


FOLDERS = ("papers", "topics", "years", "sources", "paths", "authors")
"""The folders under docs that hold nothing but generated pages."""


def _url(path: str) -> str:
    """Return the address of a page below the site's root: ``papers/loom.md`` is read at ``papers/loom/``."""
    return "" if path == "index.md" else f"{path.removesuffix('.md')}/".removesuffix("index/")


# Not ASCII alone: YAML reads \\ud83d\\ude42 as two halves of a character.
_quoted = json.JSONEncoder(ensure_ascii=False).encode
