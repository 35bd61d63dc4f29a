"""Author pages: who has one, what it tells, and the index by letter."""

from __future__ import annotations

from site_tools import RECORDS, TOY_SETTINGS, library

from generator import pages
from generator.library import Library
from generator.models import Record, Topic
from generator.pages.authors import MOST_NAMED, MOST_TOGETHER, author_pages
from generator.pages.rendering import Draft

TOPICS = {"weaving": Topic(name="Weaving", group="G"), "spinning": Topic(name="Spinning", group="G")}
RECORD = {
    "a": Record(title="A", authors=("Ada Loom", "Bo Spindle"), issued="2021", topics=("spinning", "weaving")),
    "b": Record(
        title="B", authors=("Ada Loom", "Bo Spindle", "Chi Once"), issued="2024-05", topics=("weaving", "gone")
    ),
    "c": Record(title="C", authors=("Ada Loom", "9 Lives")),
    "d": Record(title="D", authors=("9 Lives", "Ébo Reed"), topics=("spinning",)),
    "e": Record(title="E", authors=("Ébo Reed",)),
}


def _pages(records: dict[str, Record]) -> dict[str, Draft]:
    each = Library(records, TOPICS, {}, {}, {})
    return {page.path: page for page in author_pages(each)}


def test_an_author_of_two_papers_has_a_page() -> None:
    assert set(_pages(RECORD)) == {
        "authors/ada-loom.md", "authors/bo-spindle.md", "authors/9-lives.md", "authors/ebo-reed.md", "authors/index.md"
    }  # fmt: skip
    assert _pages({"a": RECORD["a"]}) == {}


def test_a_page_tells_years_topics_and_co_authors() -> None:
    ada = _pages(RECORD)["authors/ada-loom.md"].values
    assert ada["years"] == "2021–2024"
    assert ada["topics"] == [("weaving", 2), ("spinning", 1)]
    assert ada["others"] == [("Bo Spindle", "bo-spindle", 2), ("9 Lives", "9-lives", 1)]
    reed = _pages(RECORD)["authors/ebo-reed.md"].values
    assert (reed["years"], reed["topics"]) == ("", [("spinning", 1)])


def test_a_page_names_the_most_frequent_co_authors() -> None:
    names = [f"Author {number:02}" for number in range(MOST_NAMED + 3)]
    many = Record(title="F", authors=tuple(names))
    records = {"f": many, "g": many, "h": Record(title="H", authors=(names[0], names[-1]))}
    page = _pages(records)["authors/author-00.md"]
    assert [name for name, _, _ in page.values["others"]] == [names[-1], *names[1:MOST_NAMED]]
    made = {page.path: page.make() for page in pages.pages(Library(records, {}, {}, {}, {}), TOY_SETTINGS)}
    assert f"[{names[MOST_NAMED - 1]}](author-{MOST_NAMED - 1}.md) (2) and 2 more." in made[page.path]


def test_hundreds_of_authors_of_one_paper_are_not_each_others_co_authors() -> None:
    many = tuple(f"Author {number:03}" for number in range(MOST_TOGETHER + 1))
    for names, others in ((many, 1), (many[1:], MOST_NAMED)):
        papers = [names, names, many[1:3]]
        records = {f"paper-{number}": Record(title="F", authors=each) for number, each in enumerate(papers)}
        assert len(_pages(records)["authors/author-001.md"].values["others"]) == others


def test_the_index_is_by_letter() -> None:
    letters = _pages(RECORD)["authors/index.md"].values["letters"]
    assert {letter: [name for name, _, _ in names] for letter, names in letters.items()} == {
        "0–9": ["9 Lives"], "A": ["Ada Loom"], "B": ["Bo Spindle"], "E": ["Ébo Reed"]
    }  # fmt: skip


def test_the_index_counts_an_author_of_two_spellings_once() -> None:
    records = {"f": Record(title="F", authors=("Ébo Reed",)), "g": Record(title="G", authors=("Ebo Reed",))}
    assert _pages(records)["authors/index.md"].description == "1 author with two or more papers on this list."


def test_everyone_is_in_the_index_of_the_real_list() -> None:
    each = library(RECORDS)
    made = {page.path: page for page in author_pages(each)}
    listed = [
        f"authors/{slug}.md" for names in made["authors/index.md"].values["letters"].values() for _, slug, _ in names
    ]
    assert sorted(listed) == sorted(set(made) - {"authors/index.md"})
    assert len(listed) == len(each.by_author)
    for page in made.values():
        for _, slug, _ in page.values.get("others", ()):
            assert f"authors/{slug}.md" in made


def test_no_author_has_a_page_that_windows_cannot_keep() -> None:
    record = Record.model_validate({"title": "A Toy", "authors": ["Con", "Aux"]})
    found = Library({"one": record, "two": record}, {}, {}, {}, {})
    assert sorted(found.author_ids.values()) == ["aux-2", "con-2"]
