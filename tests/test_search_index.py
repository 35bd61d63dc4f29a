"""The search index: every word of every record leads to it, from files as small as a query needs."""

from __future__ import annotations

import bisect
import gzip
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from site_tools import RECORDS, TOY_RECORDS, library, scratch

from generator import store
from generator.facts import titles
from generator.library import Library
from generator.models import PersonName, Record, Topic
from generator.search import index as search_index
from generator.search import words as search_words
from generator.search.index import FIELDS


class Index:
    """The files of an index, read as ``docs/assets/search-index.js`` reads them."""

    def __init__(self, of: Library) -> None:
        self.texts = dict(search_index.files(of))
        self.manifest = json.loads(self.texts["index.json"])
        self.ids = of.newest_first[::-1]

    def file(self, kind: str, number: int) -> Any:
        return json.loads(self.texts[f"{kind}-{self.manifest['files'][kind][number]}.json"])

    def papers(self, word: str) -> dict[str, int]:
        """Return the ids of the papers that have a word, with the bits of its fields."""
        number = bisect.bisect_right(self.manifest["words"], word) - 1
        if number < 0:
            return {}
        file = self.file("words", number)
        words = file["words"].split(" ")
        if word not in words:
            return {}
        found, paper = {}, 0
        for step in file["papers"].split(",")[words.index(word)].split(" "):
            paper += int(step[1:], 36)
            found[self.ids[paper]] = search_index._DIGITS.index(step[0])
        return found

    def spellings(self, initial: str) -> dict[str, int]:
        number = bisect.bisect_right(self.manifest["spelling"], initial) - 1
        file = self.file("spelling", number)
        pairs = zip(file["words"].split(" "), file["papers"].split(" "), strict=True)
        return {word: int(papers, 36) for word, papers in pairs}

    def card(self, record_id: str) -> list[Any]:
        number, place = divmod(self.ids.index(record_id), self.manifest["cards"])
        found: list[Any] = self.file("cards", number)[place]
        return found


def fold_words(text: str) -> list[str]:
    return [search_words.folded(word) for word in search_words.plain_words(text)]


def _of(records: dict[str, Record], **more: Any) -> Library:
    return Library.of(store.Contents(scratch(), records=records, **more))


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
        ("深層学習による分類", ["深層", "層学", "学習", "習に", "によ", "よる", "る分", "分類"]),
        ("鯨 𠮷野家 がGPUで", ["鯨", "𠮷野", "野家", "か", "gpu", "て"]),
        ("海.洋 v2.5学", ["海", "洋", "v2.5", "学"]),
        ("نتائج النتائج الآن", ["نتايج", "نتايج", "الان"]),
        ("שָׁלוֹם־עולם", ["שלום", "עולם"]),
        ("हिन्दी में अनुवाद", ["हिन्दी", "में", "अनुवाद"]),
        ("เรียนรู้ AI", ["เร", "รี", "ีย", "ยน", "นร", "รู", "ู้", "ai"]),
        ("a_b -c- --", ["a", "b", "c"]),
    ],
)
def test_words_are_folded_for_comparing(text: str, words: list[str]) -> None:
    assert fold_words(text) == words


LOOM = Record(
    title="WarpNet: Looms that Learn",
    authors=("Dörte Ärmel",),
    issued="2023-05",
    type="method",
    topics=("cloth",),
    venue="Toy Conference",
    identifiers={"arxiv": "2210.17323", "doi": "10.5555/Loom"},
    alternative_identifiers=({"arxiv": "2209.00001"},),
    summary="A loom that finetunes for fine tuning.",
    why="Warps well: 12% better.",
    results=("+5.59% over baselines",),
)


@pytest.mark.parametrize(
    ("family", "given", "queries"),
    [
        ("山田", "太郎", ["山田太郎", "山田", "太郎"]),
        ("李", "明", ["李明", "李", "明"]),
        ("김", "철수", ["김철수", "김", "철수", "김 철수"]),
        ("Loom", "Ida", ["Ida Loom", "Loom", "Ida"]),
    ],
)
def test_a_name_is_found_as_printed_and_by_each_part(family: str, given: str, queries: list[str]) -> None:
    author = PersonName(family=family, given=given)
    index = Index(_of({"loom": Record(title="x", authors=(author, "others")), "other": Record(title="y")}))
    assert index.papers("others") == {}  # nobody's name
    for query in queries:
        assert [index.papers(word) for word in fold_words(query)] == [{"loom": 4}] * len(fold_words(query)), query


TOPICS = {"cloth": Topic(name="Woven things", group="Looms"), "none": Topic(name="Nothing yet", group="Looms")}


@pytest.mark.parametrize(
    ("word", "fields"),
    [
        ("warpnet", ["name", "title"]),
        ("looms", ["title"]),
        ("that", ["title"]),  # a stop word, for a title may have no other
        ("dorte", ["authors"]),
        ("woven", ["topics"]),
        ("wt", ["topics"]),
        ("loom", ["summary", "facts"]),
        ("warps", ["summary"]),
        ("baselines", ["summary"]),
        ("2023", ["facts"]),
        ("toy", ["facts"]),
        ("method", ["facts"]),
        ("2210.17323", ["facts"]),
        ("10.5555", ["facts"]),
        ("2209.00001", ["facts"]),  # of a paper that was merged into it
        ("shuttle", ["facts"]),  # an old id
        ("12", []),  # bare figures of prose and stop words in it find nothing
        ("for", []),
        ("zebra", []),
    ],
)
def test_a_word_leads_to_its_paper_and_its_fields(word: str, fields: list[str]) -> None:
    other = Record(title="Other")
    index = Index(_of({"warpnet": LOOM, "other": other}, topics=TOPICS, redirects={"old-shuttle": "warpnet"}))
    found = index.papers(word)
    assert found == ({"warpnet": sum(FIELDS[name] for name in fields)} if fields else {})


def test_two_words_written_as_one_are_found_by_the_second() -> None:
    one = Record(title="Finetuning Looms", summary="Accurate, as T5 is.")
    two = Record(title="Fine Tuning at a Rate")
    index = Index(_of({"one": one, "two": two}))
    assert set(index.papers("tuning")) == {"one", "two"}
    assert set(index.papers("rate")) == {"two"}  # not every end of a word is a word in it
    assert index.papers("t5") == {"one": FIELDS["summary"]}  # short, but with a figure in it


def test_a_slip_of_a_source_counts_as_the_word_it_stands_for() -> None:
    many = {f"loom-{number}": Record(title=f"Weaving, causal {number}") for number in range(10)}
    index = Index(_of(many | {"slip": Record(title="A Waeving-Loom"), "word": Record(title="A Casual Loom")}))
    assert index.papers("weaving") == dict.fromkeys([*many, "slip"], FIELDS["title"])
    assert index.papers("waeving") == index.papers("waevingloom") == {}
    assert set(index.papers("casual")) == {"word"}  # so short a word may be meant


def test_a_name_is_no_slip() -> None:
    many = {f"loom-{number}": Record(title="Weaving", authors=("Kristen Martina",)) for number in range(10)}
    rare = {"named": Record(title="Waeving: A Loom"), "written": Record(title="Martian", authors=("Kirsten Weft",))}
    index = Index(_of(many | rare))
    assert set(index.papers("kirsten")) == set(index.papers("martian")) == {"written"}
    assert set(index.papers("waeving")) == {"named"}


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Mixture of experts", "MoE"),
        ("Parameter-efficient fine-tuning", "PEFT"),
        ("Looms", ""),
        ("Pruning and sparsity", ""),
        ("Detection, 3D and pose", ""),
        ("Long  context", ""),
        ("", ""),
    ],
)
def test_a_term_is_known_by_its_initials(name: str, letters: str) -> None:
    assert search_words.initials(name) == letters


def test_an_acronym_finds_each_title_with_its_term_where_one_paper_writes_both() -> None:
    writing = Record(title="Weaving Loom Models", summary="LMs weave, by leave of model makers (MM).")
    index = Index(
        _of(
            {
                "writing": writing,
                "other": Record(title="A Loom Model at Work"),
                "apart": Record(title="Looms, Models"),
                "makers": Record(title="Model Makers"),  # whose term stands in no title of a paper with the letters
            }
        )
    )
    assert {paper: bits & FIELDS["title"] for paper, bits in index.papers("lm").items()} == {"writing": 2, "other": 2}
    assert index.papers("mm") == {}


def test_a_venue_is_found_with_its_year_in_short() -> None:
    index = Index(
        _of({"loom": Record(title="Loom", venue="Proceedings of LOOMZ 2024"), "other": Record(title="Other")})
    )
    assert index.papers("looms24") == {"loom": FIELDS["facts"]}


def test_a_name_is_a_word_too_but_none_to_mistype() -> None:
    index = Index(
        _of({"a": Record(title="Warp-Net: Looms"), "b": Record(title="Warp: Looms"), "c": Record(title="Warp W4A16")})
    )
    assert index.papers("warpnetwarpnet.") == {"a": FIELDS["name"]}
    assert index.papers("warp.") == {"b": FIELDS["name"]}
    assert Index(_of({"loom": LOOM})).papers("toyconference.") == {"loom": FIELDS["facts"]}
    assert set(index.spellings("w")) == {"looms", "net", "warp", "warpnet"}


@pytest.mark.parametrize("folder", [pytest.param(RECORDS, id="real"), pytest.param(TOY_RECORDS, id="toy")])
def test_no_word_of_a_record_is_lost(folder: Path) -> None:
    of = library(folder)
    index = Index(of)
    stop = set(search_words.STOP_WORDS.split())
    wanted: dict[str, set[tuple[str, int]]] = {}
    for record_id, record in of.records.items():
        prose = " ".join([record.summary or "", record.why or "", *record.results])
        words = [word for word in fold_words(prose) if len(word) > 2 and not word.isdigit()]
        for bit, its in (
            (FIELDS["title"], fold_words(titles.plain(record.title))),
            (FIELDS["authors"], fold_words(" ".join(record.author_names))),
            (FIELDS["summary"], [word for word in words if word not in stop]),
        ):
            for word in its:
                wanted.setdefault(word, set()).add((record_id, bit))
    every: dict[str, str] = {}
    for number in range(len(index.manifest["words"])):
        file = index.file("words", number)
        every.update(zip(file["words"].split(" "), file["papers"].split(","), strict=True))
        assert file["words"].split(" ")[0] == index.manifest["words"][number]
    slips = set(wanted) - set(every)  # of a source: they count as the words that they stand for
    assert len(slips) < 3
    assert {*map(tuple, map(sorted, slips))} <= {*map(tuple, map(sorted, every))}
    for word in random.Random(4).sample(sorted(set(wanted) - slips), min(400, len(wanted) - len(slips))):
        found = index.papers(word)
        assert len(found) == len(every[word].split(" "))
        for record_id, bit in wanted[word]:
            assert found[record_id] & bit, (word, record_id)


def test_spellings_are_as_texts_write_them() -> None:
    records = {
        "a": Record(title="Quantization of Size", summary="Optimisation and optimization."),
        "b": Record(title="Quantization", authors=("Jürgen Quell",), why="Optimization."),
    }
    index = Index(_of(records))
    assert index.spellings("q") == {"quantization": 2, "quell": 1, **_rest(index, "q")}
    assert {"optimization", "size", "jurgen"} <= set(index.spellings("o"))


def _rest(index: Index, initial: str) -> dict[str, int]:
    return {word: number for word, number in index.spellings(initial).items() if not word.startswith(initial)}


def test_no_initial_is_in_two_files() -> None:
    index = Index(library(RECORDS))
    initials = [
        [word[0].replace("z", "s") for word in index.file("spelling", number)["words"].split(" ")]
        for number in range(len(index.manifest["spelling"]))
    ]
    assert len(initials) > 1
    assert sum(len(set(its)) for its in initials) == len(set().union(*initials))
    assert [its[0] for its in initials] == index.manifest["spelling"]


def test_a_card_has_what_a_result_shows() -> None:
    index = Index(_of({"warpnet": LOOM}, topics=TOPICS, redirects={"old-shuttle": "warpnet"}))
    assert index.card("warpnet") == [
        "warpnet",
        "WarpNet: Looms that Learn",
        "Dörte Ärmel",
        "2023-05",
        "Toy Conference",
        "method",
        [0],
        "May 2023\tToy Conference\tarXiv 2210.17323\tDOI 10.5555/loom\tarXiv 2209.00001\tonce old-shuttle",
        "A loom that finetunes for fine tuning.\nWarps well: 12% better.\n+5.59% over baselines",
    ]
    assert Index(_of({"k": Record(title="A Toy")})).card("k") == ["k", "A Toy", 0, "", "", "", [], "", ""]
    assert index.manifest["topics"] == [["cloth", "Woven things", 1, "WT"], ["none", "Nothing yet", 0, "NY"]]


@pytest.mark.parametrize("folder", [pytest.param(RECORDS, id="real"), pytest.param(TOY_RECORDS, id="toy")])
def test_every_paper_has_its_card(folder: Path) -> None:
    of = library(folder)
    index = Index(of)
    for record_id, record in of.records.items():
        assert index.card(record_id)[:2] == [record_id, titles.plain(record.title)]


def test_an_empty_list_has_an_index() -> None:
    texts = dict(search_index.files(_of({})))
    assert list(texts) == ["index.json"]
    assert json.loads(texts["index.json"])["papers"] == 0


def test_the_order_of_the_input_changes_no_byte_and_a_change_changes_the_names() -> None:
    contents = store.load(TOY_RECORDS)
    pairs = list(contents.records.items())
    random.Random(4).shuffle(pairs)
    first = dict(search_index.files(Library.of(contents)))
    assert dict(search_index.files(Library.of(replace(contents, records=dict(pairs))))) == first
    changed = {**contents.records, "two-names": contents.records["two-names"].model_copy(update={"summary": "New."})}
    other = dict(search_index.files(Library.of(replace(contents, records=changed))))
    assert set(other) & set(first) == {"index.json"}


def test_a_new_paper_leaves_the_others_their_numbers() -> None:
    contents = store.load(RECORDS)
    newest = Library.of(contents).newest_first[0]
    before = {record_id: record for record_id, record in contents.records.items() if record_id != newest}
    names = [
        {name for name, _ in search_index.files(Library.of(replace(contents, records=records)))}
        for records in (before, contents.records)
    ]
    assert [name.partition("-")[0] for name in names[1] - names[0]].count("cards") == 1


def test_the_files_a_query_loads_are_small() -> None:
    def weight(text: str) -> int:
        return len(gzip.compress(text.encode("utf-8"), 6))

    index = Index(library(RECORDS))
    assert max(map(weight, index.texts.values())) < 16_000
    assert weight(index.texts["index.json"]) < 3_000


@given(st.text(st.characters(codec="utf-8") | st.sampled_from(" \t\u00a0\u2028.-+‑’$ΣσẞİﬁĲ´の漢ก์")))
def test_no_word_goes_beyond_a_space(text: str) -> None:
    # So that the words of what stands between two spaces need be found once only.
    for words_of in (search_words.plain_words, search_words.telling_words):
        assert search_words.Words(words_of).of(text) == {*words_of(text)}
