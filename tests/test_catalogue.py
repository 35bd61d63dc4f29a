"""The index the browser loads: every paper with its facts, compactly, and the words it can be found by."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from site_tools import RECORDS, TOY_RECORDS, TOY_SETTINGS, library, scratch

from generator import catalogue, exports, pages, store, titles
from generator.library import Library
from generator.models import Record, Sighting, Source


def _catalogue(of: Library) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(catalogue.catalogue(of))
    return found


def _words(of: Library) -> dict[str, set[str]]:
    """Return the index of words as the browser reads it: word to the ids of its papers."""
    found = json.loads(catalogue.words(of))
    ids = list(of.records)
    index: dict[str, set[str]] = {}
    for word, steps in zip(found["words"].split(), found["papers"].split(","), strict=True):
        number, papers = 0, set()
        for step in steps.split(" "):
            number += int(step, 36)
            papers.add(ids[number])
        index[word] = papers
    return index


def _of(records: dict[str, Record], **more: Any) -> Library:
    return Library.of(store.Contents(scratch(), records=records, **more))


SOURCE = Source(name="x", format="csv", checksum="sha256:" + "0" * 64, entries=0)


@pytest.mark.parametrize("folder", [pytest.param(RECORDS, id="real"), pytest.param(TOY_RECORDS, id="toy")])
def test_every_fact_of_every_paper_is_there(folder: Path) -> None:
    of = library(folder)
    found = _catalogue(of)
    papers = found["papers"]
    assert {len(column) for column in papers.values()} == {len(of.records)}
    for number, (record_id, record) in enumerate(of.records.items()):
        assert papers["id"][number] == record_id
        assert papers["title"][number] == titles.plain(record.title)
        if record.authors:
            assert tuple(papers["authors"][number].split("\t")) == record.author_names
        else:
            assert papers["authors"][number] == (record.author_count or 0)
        assert papers["issued"][number] == (record.issued or "")
        for name, table in (("venue", "venues"), ("type", "types"), ("added", "days")):
            index = papers[name][number]
            assert (found[table][index] if index >= 0 else None) == getattr(record, name)
        topics = [found["topics"][index][0] for index in papers["topics"][number]]
        assert topics == [topic for topic in record.topics if topic in of.topics]
        linked = {kind for kind, bit in catalogue.LINK_BITS.items() if papers["links"][number] & bit}
        assert linked == {kind for kind, url in record.links.model_dump().items() if url}
    steps = {path: [papers["id"][number] for number in numbers] for path, _, numbers in found["paths"]}
    assert steps == {path_id: [step.paper for step in path.steps] for path_id, path in of.paths.items()}


def test_comments_are_the_highest_number_with_its_day() -> None:
    sources = {
        "first": SOURCE.model_copy(update={"captured": "2024-03-01"}),
        "later": SOURCE.model_copy(update={"captured": "2025-12-09"}),
        "undated": SOURCE,
    }
    seen: dict[str, list[tuple[str, int | None]]] = {
        "a": [("first", 9), ("later", 7)],
        "b": [("first", 4), ("later", 4)],
        "c": [("undated", 2)],
        "d": [("gone", 3)],
        "e": [("first", None)],
        "f": [("first", 0)],
        "g": [],
    }
    records = {
        name: Record(title=name, seen=tuple(Sighting(source=id, position=1, comments=count) for id, count in its))
        for name, its in seen.items()
    }
    found = _catalogue(_of(records, sources=sources))
    stated = {found["papers"]["id"][paper]: (count, found["captures"][day]) for paper, count, day in found["comments"]}
    assert stated == {
        "a": (9, "2024-03-01"),
        "b": (4, "2025-12-09"),
        "c": (2, ""),
        "d": (3, ""),
        "f": (0, "2024-03-01"),
    }


def test_redirects_lead_to_papers_only() -> None:
    found = _catalogue(_of({"k": Record(title="K")}, redirects={"old": "k", "lost": "nowhere"}))
    assert found["redirects"] == {"old": "k"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("Attention Is All You Need", ["attention", "is", "all", "you", "need"]),
        ("S²IP-LLM", ["s2ip", "llm", "s2ipllm"]),
        ("$\\textbf{S}^2$IP", ["textbfs2ip"]),
        ("AstroM³, Qwen2.5 and CodeT5+", ["astrom3", "qwen2.5", "and", "codet5+"]),
        ("Quantization, quantisation", ["quantisation", "quantisation"]),
        ("Fine-tuning pre‑training", ["fine", "tuning", "pre", "training", "finetuning", "pretraining"]),
        ("Müller’s naïve café", ["mullers", "naive", "cafe"]),
        ("10.1145/3292500.3330701", ["10.1145", "3292500.3330701"]),
        ("学习 ε-greedy", ["学习", "ε", "greedy", "εgreedy"]),
        ("a_b -c- --", ["a", "b", "c"]),
    ],
)
def test_words_are_folded_for_comparing(text: str, words: list[str]) -> None:
    assert list(catalogue.fold_words(text)) == words


def test_words_lead_to_their_papers() -> None:
    record = Record(
        title="Loom",
        summary="A loom that learns.",
        why="Warps well: 12% better.",
        results=("+5.59% over baselines",),
        identifiers={"arxiv": "2210.17323", "doi": "10.5555/Loom"},
    )
    other = Record(title="Other", summary="It learns, too; 3 times.")
    found = _words(_of({"loom": record, "other": other}))
    assert found["learns"] == {"loom", "other"}
    assert found["baselines"] == found["2210.17323"] == found["10.5555"] == {"loom"}
    # What the title says, what is everywhere and bare figures are not in it.
    assert not {"loom", "that", "12", "3"} & set(found)


def test_no_word_of_a_real_summary_is_lost() -> None:
    of = library(RECORDS)
    found = _words(of)
    stop = set(catalogue.fold_words(catalogue.STOP_WORDS))
    for record_id, record in of.records.items():
        known = {*catalogue.fold_words(titles.plain(record.title)), *stop}
        for word in catalogue.fold_words(record.summary or ""):
            if len(word) > 2 and not word.isdigit() and word not in known:
                assert record_id in found[word]


def test_an_empty_list_has_an_index() -> None:
    of = _of({})
    assert _catalogue(of)["papers"]["id"] == []
    assert json.loads(catalogue.words(of)) == {"version": catalogue.VERSION, "words": "", "papers": ""}


@pytest.mark.parametrize("write", [catalogue.catalogue, catalogue.words], ids=["catalogue", "words"])
def test_the_order_of_the_input_changes_no_byte(write: Any) -> None:
    contents = store.load(RECORDS)
    pairs = list(contents.records.items())
    random.Random(4).shuffle(pairs)
    assert write(Library.of(replace(contents, records=dict(pairs)))) == write(Library.of(contents))


def _many(copies: int = 27) -> Library:
    """Return the real list many times over, 10,071 papers: only its size is of interest."""
    contents = store.load(RECORDS)
    records = {
        f"{record_id}-{copy}": record.model_copy(update={"title": f"{record.title} {copy}"})
        for record_id, record in contents.records.items()
        for copy in range(copies)
    }
    return Library.of(replace(contents, records=records, paths={}, topics=contents.topics))


def test_the_files_are_small() -> None:
    def weight(text: str) -> int:
        return len(gzip.compress(text.encode("utf-8"), 6))

    of = library(RECORDS)
    assert weight(catalogue.catalogue(of)) < 120 * len(of.records)
    assert weight(catalogue.words(of)) < 160 * len(of.records)
    assert weight(catalogue.catalogue(of)) < weight(exports.json_data(of.records)) / 3


@pytest.mark.slow
def test_the_browse_page_stays_small_for_ten_thousand_papers() -> None:
    of = _many()
    assert len(of.records) > 10_000
    writer = pages._Writer(of, TOY_SETTINGS)
    page = next(page for page in writer.overviews() if page.path == "papers/index.md")
    assert page.text.count("<li><a ") == 100
    assert "../topics/" in page.text
    assert "../years/" in page.text
    assert len(page.text.encode("utf-8")) < 70_000  # the theme adds less than 25 kB


def test_the_browse_page_lists_all_papers_of_a_short_list() -> None:
    of = library(RECORDS)
    page = next(page for page in pages._Writer(of, TOY_SETTINGS).overviews() if page.path == "papers/index.md")
    assert page.text.count("<li><a ") == len(of.records)
    assert all(f'href="{record_id}/"' in page.text for record_id in of.records)
