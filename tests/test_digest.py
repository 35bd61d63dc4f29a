"""What changed by day, and the digest of it in its three formats."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import html5lib
import markdown
import pytest
from site_tools import RECORDS, TOY_RECORDS, TOY_SETTINGS, library

from generator import digest, escaping, pages, store
from generator.digest import Day
from generator.library import Library
from generator.models import Correction, Record, Topic
from generator.settings import Settings

PUBLISHED = replace(TOY_SETTINGS, site_url="https://toy-list.example.org/looms/")
HOSTILE = "</p></content>]]><script>x&amp;\"'\x00\x0b\ud800\ufffe\u2028--> {{ 7*7 }} *x* [y](javascript:z) 🙂 \r\n\n=1"


def _of(records: Mapping[str, Record], topics: Mapping[str, Topic] | None = None) -> Library:
    contents = replace(store.load(Path("no-such-folder")), records=dict(records), topics=dict(topics or {}))
    return Library.of(contents)


def _paper(title: str = "A Loom", added: str | None = "2025-01-02", **more: Any) -> Record:
    return Record(title=title, added=added, **more)


def _elements(html: str) -> tuple[set[str], str]:
    """Return the names of the elements of an HTML fragment, and its text."""
    tree = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    return {element.tag for element in tree.iter()} - {"DOCUMENT_FRAGMENT"}, " ".join(tree.itertext())


def test_changes_are_grouped_by_day() -> None:
    toy = library(TOY_RECORDS)
    assert digest.by_day(toy) == {
        "2025-02-03": Day(retracted=[("frayed-rope", toy.retracted["frayed-rope"].reason)]),
        "2025-01-04": Day(["stray-thread"]),
        "2025-01-03": Day(["hostile"]),
        "2025-01-02": Day(["braided-attention", "nameless-spindle", "undated-shuttle", "two-names"]),
    }


CORRECTED = _of(
    {
        "loom": _paper("A Loom", corrected=(Correction(day="2025-02-01", what="Two authors were swapped."),)),
        "spindle": _paper(
            "Spindle", None, corrected=(Correction(day="2025-01-02", what="The date was a month late."),)
        ),
    }
)


def test_corrections_stand_on_their_own_days() -> None:
    assert digest.by_day(CORRECTED) == {
        "2025-02-01": Day(corrected=[("loom", "Two authors were swapped.")]),
        "2025-01-02": Day(["loom"], [("spindle", "The date was a month late.")]),
    }
    assert list(digest.by_day(CORRECTED)) == ["2025-02-01", "2025-01-02"]


@pytest.mark.parametrize("format", digest.DIGESTS)
def test_a_digest_tells_corrections_since_its_day(format: str) -> None:
    text = digest.digest(CORRECTED, "2025-02-01", format, PUBLISHED)
    assert "No paper has joined the list since 1 February 2025. 1 correction was made." in text
    assert text.count("Two authors were swapped.") == 1
    assert "month late" not in text
    assert "/papers/loom/" in text
    both = digest.digest(CORRECTED, "2025-01-01", format, PUBLISHED)
    assert "1 paper has joined the list since 1 January 2025. 2 corrections were made." in both
    assert both.index("Two authors") < both.index("month late")
    assert "made" not in digest.digest(CORRECTED, "2025-01-01", format, PUBLISHED, before=CORRECTED)


def _without_a_paper() -> Library:
    each = _of({"loom": _paper("A Loom")})
    notice = SimpleNamespace(title="A $n^2$ Spindle", retracted="2025-03-01", reason="Its authors withdrew it.")
    object.__setattr__(each, "retracted", {"spindle": notice})
    return each


@pytest.mark.parametrize("format", digest.DIGESTS)
def test_a_digest_tells_what_left(format: str) -> None:
    each = _without_a_paper()
    assert digest.by_day(each)["2025-03-01"] == Day(retracted=[("spindle", "Its authors withdrew it.")])
    text = digest.digest(each, "2025-01-03", format, PUBLISHED)
    assert "No paper has joined the list since 3 January 2025. 1 paper left it." in text
    assert "A n² Spindle" in text
    assert "Its authors withdrew it." in text
    assert "Spindle" not in digest.digest(each, "2025-03-02", format, PUBLISHED)
    # Against the list as it was, what that had not is told, whatever day it bears.
    assert "Its authors withdrew it." in digest.digest(each, "2025-03-02", format, PUBLISHED, before=_of(each.records))
    assert "Spindle" not in digest.digest(each, "2025-01-03", format, PUBLISHED, before=each)


@pytest.mark.parametrize(
    ("format", "shown"),
    [
        ("markdown", "\n\n- A Loom\n"),
        ("html", ">A Loom</h3>\n</div>"),
        ("text", "--------\n\n* A Loom\n"),
    ],
)
def test_a_paper_of_which_nothing_is_known_is_a_title_without_a_link(format: str, shown: str) -> None:
    assert shown in digest.digest(_of({"loom": _paper("A Loom")}), "2025-01-01", format, Settings())


def test_the_page_of_changes_tells_what_left() -> None:
    page = next(page for page in pages.pages(_without_a_paper(), PUBLISHED) if page.path == "changes.md")
    assert (
        "Taken off the list:\n\n- [A n² Spindle](papers/spindle.md){ .rl-title } Its authors withdrew it."
        in page.make()
    )


def test_what_moved_leads_to_a_record() -> None:
    each = _of({"loom": _paper()})
    moved = Library(each.records, {}, {}, {}, {"z-old": "loom", "a-old": "loom", "lost": "nowhere"})
    assert digest.moved(moved) == [("a-old", "loom"), ("z-old", "loom")]


def test_records_without_a_day_are_in_no_digest() -> None:
    each = _of({"dated": _paper("B"), "undated": _paper("A", added=None)})
    assert digest.by_day(each) == {"2025-01-02": Day(["dated"])}
    assert "A" not in digest.digest(each, "0001-01-01", "text", PUBLISHED).split()


@pytest.mark.parametrize("format", digest.DIGESTS)
@pytest.mark.parametrize("folder", [pytest.param(TOY_RECORDS, id="toy"), pytest.param(RECORDS, id="real")])
def test_shuffled_records_give_the_same_digest(folder: Path, format: str) -> None:
    contents = store.load(folder)
    names = list(contents.records)
    random.Random(4).shuffle(names)
    shuffled = Library.of(replace(contents, records={name: contents.records[name] for name in names}))
    told = [digest.digest(each, "2025-01-01", format, PUBLISHED) for each in (shuffled, Library.of(contents))]
    assert told[0] == told[1]


@pytest.mark.parametrize("text", [HOSTILE, *HOSTILE.split()])
def test_hostile_text_stays_text(text: str) -> None:
    settings = Settings(site_name=text, site_url=f"https://x.example.org/{text}")
    topic = Topic.model_construct(name=text, group=text, description=text)
    correction = Correction.model_construct(day="2025-01-02", what=text)
    record = Record.model_construct(
        title=text, authors=(text,), venue=text, why=text, topics=("loom",), added="2025-01-02", corrected=(correction,)
    )
    each = Library({"loom": record}, {"loom": topic}, {}, {}, {})
    for format in digest.DIGESTS:
        told = digest.digest(each, "2025-01-02", format, settings)
        told.encode()
        if format != "text":
            tags, _ = _elements(
                told if format == "html" else markdown.markdown(told, extensions=["attr_list", "tables"])
            )
            assert tags <= set("meta title div h1 h2 h3 p ul li a br".split())


def test_digest_as_text() -> None:
    each = _of(
        {
            "loom": _paper("A $n^2$ Loom", authors=("Ada Toymaker",), topics=("weaving",), why="It " + "weaves " * 14),
            "older": _paper("Older", "2025-01-01", topics=("weaving",)),
            "later": _paper("Later: Z", "2025-01-03", topics=("unknown", "weaving")),
            "spindle": _paper("Spindle", identifiers={"arxiv": "2305.99901"}),
        },
        {"weaving": Topic(name="Weaving & knotting", group="Looms"), "empty": Topic(name="Empty", group="Looms")},
    )
    assert digest.digest(each, "2025-01-02", "text", Settings(site_name="Toy List")) == (
        "Toy List\n========\n\n3 papers have joined the list since 2 January 2025.\n\n"
        "Weaving & knotting\n------------------\n\n* Later: Z\n\n* A n² Loom\n  Ada Toymaker\n"
        "  It weaves weaves weaves weaves weaves weaves weaves weaves weaves weaves\n  weaves weaves weaves weaves\n\n"
        "Unsorted\n--------\n\n* Spindle\n  https://arxiv.org/abs/2305.99901\n"
    )


def test_digest_as_markdown() -> None:
    each = _of({"loom": _paper("A $n^2$ Loom: *x*", authors=("Ada",), topics=("weaving",), why="It [weaves](x).")})
    text = digest.digest(each, "2025-01-02", "markdown", PUBLISHED)
    title, why = escaping.markdown("A n² Loom: *x*"), escaping.markdown("It [weaves](x).")
    assert text == (
        f"# {escaping.markdown('Toy List & Loom')}\n\n1 paper has joined the list since 2 January 2025.\n\n"
        f"## Unsorted\n\n- [{title}](https://toy-list.example.org/looms/papers/loom/)  \n  Ada  \n  {why}\n"
    )
    tags, said = _elements(markdown.markdown(text))
    assert tags == {"h1", "p", "h2", "ul", "li", "a", "br"}
    assert "A n² Loom: *x*" in said
    assert "It [weaves](x)." in said


@pytest.mark.parametrize("site_url", [PUBLISHED.site_url, ""])
def test_a_digest_fits_into_a_release(site_url: str) -> None:
    each = _of({f"loom-{number:03}": _paper(f"Loom {number:03}", why="It weaves. " * 40) for number in range(400)})
    text = digest.digest(each, "2025-01-02", "markdown", Settings(site_name="Toy List", site_url=site_url))
    assert 119_000 < len(text) < 125_000
    shown = text.count("- ")
    page = f"[What changed]({site_url}changes/)" if site_url else "What changed"
    assert text.endswith(
        f"  \n  {escaping.github(each.records['loom-000'].why or '')}\n"
        f"\n{400 - shown} more are not shown here; all are on the list's page {page}.\n"
    )
    whole = digest.digest(each, "2025-01-02", "text", PUBLISHED)
    assert whole.count("* Loom") == 400


def test_digest_as_html_loads_nothing() -> None:
    for folder in (TOY_RECORDS, RECORDS):
        each = library(folder)
        text = digest.digest(each, "2025-01-02", "html", PUBLISHED)
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
        names = {element.tag for element in tree.iter() if isinstance(element.tag, str)}
        assert names <= set("html head meta title body div h1 h2 h3 p a".split())
        given = {name for element in tree.iter() for name in element.attrib}
        assert given <= {"lang", "charset", "name", "content", "style", "role", "href"}
        assert "url(" not in "".join(element.attrib.get("style", "") for element in tree.iter())
        links = [element.attrib["href"] for element in tree.iter("a")]
        assert sorted(links) == sorted(
            f"{PUBLISHED.site_url}papers/{record_id}/" for record_id in (*each.records, *each.retracted)
        )


@pytest.mark.parametrize("format", digest.DIGESTS)
def test_a_digest_counts_the_day_itself_and_may_be_empty(format: str) -> None:
    each = library(TOY_RECORDS)
    assert "2 papers have joined the list since 3 January 2025." in digest.digest(each, "2025-01-03", format, PUBLISHED)
    assert "1 paper has joined the list since 4 January 2025." in digest.digest(each, "2025-01-04", format, PUBLISHED)
    none = digest.digest(each, "2025-01-05", format, PUBLISHED)
    assert "No paper has joined the list since 5 January 2025." in none
    assert "Stray" not in none


def test_an_unknown_digest_format_is_an_error() -> None:
    with pytest.raises(KeyError):
        digest.digest(library(TOY_RECORDS), "2025-01-05", "pdf", PUBLISHED)


def test_a_digest_in_a_release_mentions_nobody() -> None:
    text = digest.digest(_of({"loom": _paper("A Loom @octocat", why="Fixes #1.")}), "2025-01-02", "markdown", PUBLISHED)
    assert "&#64;&#8203;octocat" in text
    assert "&#35;&#8203;1" in text
