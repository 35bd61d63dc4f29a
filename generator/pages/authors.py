"""The pages of authors with two or more papers on the list: their papers, topics, years and co-authors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from generator.facts import titles
from generator.library import Library
from generator.pages.rendering import Draft
from generator.wording import count

MOST_NAMED = 30
"""Co-authors that a page names: with all of them the pages would grow with the square of a list of authors."""

MOST_TOGETHER = 100
"""Authors of a paper who may be said to have written it with one another; of more, hardly two have met."""


def author_pages(library: Library) -> Iterator[Draft]:
    """Yield a page for each author of :attr:`Library.by_author` and their index; nothing where there is none."""
    if library.by_author:
        yield from _pages(library)
        yield _index(library)


def _pages(library: Library) -> Iterator[Draft]:
    ids = library.author_ids
    place_of_author = {name: place for place, name in enumerate(library.by_author)}
    place_of_topic = {topic: place for place, topic in enumerate(library.topics)}
    wrote: defaultdict[str, list[str]] = defaultdict(list)
    for name, papers in library.by_author.items():
        for paper in papers:
            if len(library.records[paper].authors) <= MOST_TOGETHER:
                wrote[paper].append(name)
    for name, papers in library.by_author.items():
        years = sorted({year for paper in papers if (year := library.records[paper].year)})
        topics = Counter(topic for paper in papers for topic in library.topics_of(paper))
        others = Counter(other for paper in papers for other in wrote[paper] if other != name)
        named = sorted(others.items(), key=lambda pair: (-pair[1], place_of_author[pair[0]]))[:MOST_NAMED]
        yield Draft(
            f"authors/{ids[name]}.md",
            "author.md.j2",
            name,
            f"Papers by {name} on this list.",
            {
                "ids": papers,
                "years": f"{years[0]}–{years[-1]}" if years and years[0] != years[-1] else "".join(map(str, years)),
                # Most papers first; then in the order of topics.yaml, and by name.
                "topics": sorted(topics.items(), key=lambda pair: (-pair[1], place_of_topic[pair[0]])),
                "others": [(other, ids[other], together) for other, together in named],
                "more": len(others) - len(named),
            },
            records=papers,
        )


def _index(library: Library) -> Draft:
    letters: dict[str, list[tuple[str, str, int]]] = {}
    for name, papers in library.by_author.items():
        first = titles.key(name)[:1].upper()
        letter = first if first.isalpha() else "0–9"
        letters.setdefault(letter, []).append((name, library.author_ids[name], len(papers)))
    return Draft(
        "authors/index.md",
        "authors.md.j2",
        "Authors",
        f"{count(len(library.by_author), 'author')} with two or more papers on this list.",
        {"letters": letters},
    )
