"""The Markdown pages of a list: each made from the library alone, through the templates in ``templates/``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import chain

from markupsafe import Markup

from generator import escaping, exports, feeds, metadata, wording
from generator.facts import titles
from generator.facts.names import is_cut, people
from generator.library import UNSORTED, Library
from generator.models import Record, Retraction
from generator.pages import authors, formulas, overviews, rendering
from generator.pages.rendering import Draft
from generator.related import Relation, related
from generator.settings import Settings

MARK = "# Generated from the records; edit those, not this file."

FOLDERS = ("papers", "topics", "years", "sources", "paths", "authors")
"""The folders under docs that hold nothing but generated pages."""

# What a reader expects of a paper; what of it no source states is named on the page.
_EXPECTED = {"authors": "authors", "issued": "date", "venue": "venue"}

# Not ASCII alone: YAML reads \\ud83d\\ude42 as two halves of a character.
_quoted = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Page:
    """One file that is generated: its path inside the docs folder, and how its text is made."""

    path: str
    make: Callable[[], str]
    made_of: str = ""
    """A key of all that it shows, beside the settings; empty where that is the list as a whole."""


@dataclass(frozen=True)
class _Writer:
    library: Library
    settings: Settings

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

    def page(self, draft: Draft) -> Page:
        """Return one page, to be rendered by :meth:`text`."""
        make = partial(self.text, draft)
        if draft.records is None:
            return Page(draft.path, make)
        keys = [self.library.keys[record_id] for record_id in draft.records]
        return Page(draft.path, make, self.made_of(draft, keys))

    def text(self, draft: Draft) -> str:
        """Render one page.

        Its front matter has the title, the description and the page's own lines for the HTML head, all made safe for
        the place where overrides/main.html prints them as they are.
        """
        front_matter = {
            "title": escaping.html(draft.title),
            "description": escaping.html(wording.shorten(draft.description)),
            "head": "".join(f"{line}\n" for line in draft.head),
            "type": "article" if "record" in draft.values else "website",
            "hide": draft.hide,
            **({"unlisted": True} if draft.unlisted else {}),
        }
        front = "\n".join(f"{key}: {_quoted(value)}" for key, value in front_matter.items())
        template = rendering.environment().get_template(draft.template)
        body = template.render(
            library=self.library,
            settings=self.settings,
            entry=self.entry,
            title=draft.title,
            **draft.values,
        )
        text = f"# {draft.heading or escaping.markdown(draft.title)}\n\n{body.strip()}".rstrip()
        return f"---\n{MARK}\n{front}\n---\n\n{text}\n"

    def papers(self, ids: Iterable[str], relations: Mapping[str, Sequence[Relation]]) -> Iterator[Page]:
        keys = self.library.keys
        for record_id in ids:
            near = relations[record_id]
            made_of = self.made_of(
                keys[record_id],
                [(each.id, keys[each.id], each.topics, each.words) for each in near],
                [(self.path_keys[path_id], place) for path_id, place in self.library.on_paths.get(record_id, ())],
                [self.library.author_ids.get(name) for name in self.library.records[record_id].author_names],
            )
            yield Page(f"papers/{record_id}.md", partial(self.paper, record_id, near), made_of)

    def paper(self, record_id: str, relations: Sequence[Relation]) -> str:
        """Render the page of one record: :meth:`papers` says what it shows."""
        record = self.library.records[record_id]
        cut = is_cut(record.authors)
        missing = ["the other authors"] if cut else []
        missing += [name for field, name in _EXPECTED.items() if not getattr(record, field)]
        if not any(value for _, value in record.identifiers):
            missing.append("identifier")
        values = {
            "id": record_id,
            "record": record,
            "links": wording.links_of(record),
            "facts": list(wording.facts_of(record, self.library)),
            "topics": [(topic, self.library.topics[topic].name) for topic in self.library.topics_of(record_id)],
            "on_paths": self.library.on_paths.get(record_id, ()),
            "people": people(record.author_names),
            "cut": cut,
            "missing": missing,
            "related": list(self.related(record, relations)),
            "citations": exports.citations(record_id, record),
            "searches": wording.searches(record),
            "edit_url": self.settings.edit_url(f"papers/{record_id}.yaml"),
        }
        title = titles.plain(record.title)
        description = record.why or record.summary or f"{title}: facts, links and related papers."
        head = metadata.paper(record_id, record, self.settings, self.library.topics)
        heading = formulas.heading(record.title)
        return self.text(Draft(f"papers/{record_id}.md", "paper.md.j2", title, description, values, heading, head=head))

    def related(self, record: Record, relations: Iterable[Relation]) -> Iterator[tuple[Markup, str, list[str]]]:
        """Yield the papers related to one: each as in lists, a topic's name and words of both, as the page prints them.

        In a preview, the relations are those of the last build: of a term that the text has lost, nothing is said.
        """
        topics = self.library.topics
        printed = wording.as_printed(record, {word for relation in relations for word in relation.words})
        for relation in relations:
            shared = next((topics[topic].name for topic in relation.topics if topic in topics), "")
            yield self.entry(relation.id, ""), shared, [printed[word] for word in relation.words if word in printed]


def _moved(library: Library, settings: Settings) -> Iterator[Draft]:
    answering: dict[str, Record | Retraction] = {**library.retracted, **library.records}
    for old, new in sorted(library.redirects.items()):
        if old not in answering and new in answering:
            path, title = f"papers/{old}.md", titles.plain(answering[new].title)
            text = f"This page has moved to {title}."
            head = [f'<meta http-equiv="refresh" content="0; url=../{escaping.html(new)}/">']
            if address := settings.url(metadata.paper_path(new)):
                head.append(f'<link rel="canonical" href="{escaping.html(address)}">')
            yield Draft(path, "moved.md.j2", title, text, {"new": new}, head=head, unlisted=True)


def _retracted(library: Library) -> Iterator[Draft]:
    for name, gone in library.retracted.items():
        if name not in library.records:
            path, title = f"papers/{name}.md", titles.plain(gone.title)
            text = f"Taken off this list: {gone.reason}"
            values = {"gone": gone, "links": wording.paper_links(gone.identifiers)}
            head = ['<meta name="robots" content="noindex">']
            yield Draft(path, "retracted.md.j2", title, text, values, head=head, unlisted=True)


def _topics(library: Library, settings: Settings) -> Iterator[Draft]:
    for topic_id, topic in library.topics.items():
        ids = library.by_topic.get(topic_id, ())
        yield Draft(
            f"topics/{topic_id}.md",
            "topic.md.j2",
            topic.name,
            topic.description or f"{wording.count(len(ids), 'paper')} on {topic.name}.",
            {"id": topic_id, "topic": topic, "ids": ids, "address": settings.url(f"topics/{topic_id}/")},
            records=[*ids, *(each.paper for each in topic.start_here)],
            head=feeds.lines(settings, topic),
        )
    if unsorted := library.by_topic.get(UNSORTED, ()):
        yield _list("topic", UNSORTED, "Unsorted", "Papers that still want a topic.", unsorted)
    text = "All topics of the list, by group."
    yield Draft("topics/index.md", "topics.md.j2", "Topics", text, {"unsorted": unsorted})


def _years(library: Library) -> Iterator[Draft]:
    for year, ids in library.by_year.items():
        intro = f"{wording.count(len(ids), 'paper')} issued in {year}."
        yield _list("year", str(year), str(year), f"Papers issued in {year}.", ids, intro)
    if undated := library.undated:
        yield _list("year", "undated", "Undated", "Papers for which no source states a date.", undated)
    yield Draft("years/index.md", "years.md.j2", "Years", "The papers by year of issue.", {"undated": undated})


def _list(facet: str, value: str, title: str, description: str, ids: Sequence[str], intro: str = "") -> Draft:
    """Return a page that is nothing but a list of papers, below its ``intro`` or else its description.

    The browse page shows the same ones by ``facet`` and ``value``, as in ``?year=2024``.
    """
    values = {"ids": ids, "intro": intro or description, "facet": facet, "value": value}
    return Draft(f"{facet}s/{value}.md", "list.md.j2", title, description, values, records=ids)


def _sources(library: Library) -> Iterator[Draft]:
    for source_id, source in library.sources.items():
        entries = library.by_source.get(source_id, ())
        yield Draft(
            f"sources/{source_id}.md",
            "source.md.j2",
            source.name,
            f"The entries of {source.name}, in their own order.",
            {"source": source, "entries": entries},
            records=[record_id for record_id, _ in entries],
        )
    text = "The files that the entries of this list came from."
    yield Draft("sources/index.md", "sources.md.j2", "Sources", text)


def _paths(library: Library) -> Iterator[Draft]:
    for path_id, path in library.paths.items():
        text = path.description or path.title
        yield Draft(f"paths/{path_id}.md", "path.md.j2", path.title, text, {"id": path_id, "path": path})
    text = "Papers in a sensible order, each path for one need."
    yield Draft("paths/index.md", "paths.md.j2", "Reading paths", text)


def pages(library: Library, settings: Settings) -> Iterator[Page]:
    """Yield every page of the list, in a fixed order; equal libraries and settings give equal pages."""
    writer = _Writer(library, settings)
    yield from map(writer.page, chain(overviews.overviews(library, settings), authors.author_pages(library)))
    yield from writer.papers(library.records, library.relations)
    drafts = (
        _moved(library, settings),
        _retracted(library),
        _topics(library, settings),
        _years(library),
        _sources(library),
        _paths(library),
    )
    yield from map(writer.page, chain(*drafts))


def papers(
    library: Library, settings: Settings, ids: Sequence[str], relations: Mapping[str, Sequence[Relation]] | None = None
) -> Iterator[Page]:
    """Yield the pages of the records ``ids`` alone, as :func:`pages` does; or with related papers that are known."""
    relations = relations or related(library.records, library.words, of=ids)
    return _Writer(library, settings).papers(ids, relations)
