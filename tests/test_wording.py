"""What readers see of a record on one line: figures that stand out, words as printed, facts with their origin."""

from __future__ import annotations

import re
from typing import Any

import pytest
from site_tools import RECORDS, library

from generator import escaping, store, wording
from generator.facts import titles
from generator.library import Library
from generator.models import Record


def _marked(text: str) -> str:
    return "".join(f"[{piece}]" if figure else piece for figure, piece in wording.figures(text))


@pytest.mark.parametrize(
    "expected",
    [
        "",
        "Over twice the compression gain",
        "about [3.25x] faster than FP16 on A100, [4.5x] on A6000",
        "[175] billion parameters quantised to [3] or [4] bits",
        "2-bit Llama-2-70B: [69.48] accuracy, [19.2GB] memory",
        "[+1.3%] on ImageNet-1K, [5-8%] absolute, [1%-7%] higher",
        "[3.2%] to [6.1%] (at [256K]), [16.3×] faster; [−0.4] points.",
        "[108,000] steps per second, [1/10] of the data, [>80%] accuracy",
        "GPT-3 ([175B]) with recall@1 and top-5, T5, 1st, v2, k=5",
        "[10+%] more throughput, [24h] and [1877.67] s",
        "version 1.2.3-rc and 3D, [0.5]",
        "[+3.2] points on SQuAD 2.0 (MLPerf 1.1), [54×] Habitat 2.0, iNat 2019 and MMSports 2022",
        "First on July 3, 2021: [90.6%]; in July 2020 [20]",
        "WMT'14: [28.4], IWSLT’15 [5/8], [+1.7] on ViT-B/16, ViT-L/14@336 and Mixer-B/16 ([8/16] bits, [3/4], '[7]')",
        "FID [2.0], F1 [0.64], Llama [7B]; Adds [2.0] points, in [2.5] hours; COCO 2017: [3.1]",
    ],
)
def test_figures_stand_out_and_names_do_not(expected: str) -> None:
    assert _marked(expected.replace("[", "").replace("]", "")) == expected


def test_figures_lose_nothing() -> None:
    found = [result for record in library(RECORDS).records.values() for result in record.results]
    assert found
    marked = 0
    for result in found:
        pieces = wording.figures(result)
        assert "".join(text for _, text in pieces) == escaping.clean(result)
        marked += any(figure for figure, _ in pieces)
    assert marked > 0.9 * len(found)


RECORD = Record(
    title="EfficientLoom: Weaving Shuttles",
    summary="Compresses weights. The EfficientLoom layer weaves\nlow-rank shuttles.",
    why="Always uses FP8 weaving: series of Gaussian policies.",
)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, ""),
        ({"author_count": 1}, "1 author"),
        ({"author_count": 1204, "issued": "2022-10"}, "1,204 authors · October 2022"),
        ({"authors": ["A"], "issued": "2022"}, "A · 2022"),
        ({"authors": [{"family": "Spindle", "given": "Bo"}]}, "Bo Spindle"),
        ({"authors": ["A", "B"], "venue": "V"}, "A and B · V"),
        ({"authors": ["A"], "venue": "V 2022", "issued": "2022"}, "A · V 2022"),
        ({"authors": ["A"], "venue": "V 2022", "issued": "2021"}, "A · V 2022 · 2021"),
        ({"authors": ["A"], "venue": "V 2022", "issued": "2022-10"}, "A · V 2022 · October 2022"),
        ({"authors": ["A", "B", "C"], "issued": "2022-10-31"}, "A, B and C · 31 October 2022"),
        ({"authors": ["A", "B", "C", "D"]}, "A and 3 others"),
        ({"authors": ["A", "B", "C", "others"]}, "A, B, C and others"),
        ({"authors": ["A", "B", "C", "D", "others"], "author_count": 9}, "A and others"),
    ],
)
def test_the_byline_says_what_is_known(fields: dict[str, Any], line: str) -> None:
    assert wording.byline(Record.model_validate({"title": "T", **fields})) == line


@pytest.mark.parametrize(
    ("term", "printed"),
    [
        ("efficientloom", "EfficientLoom"),
        ("compress", "compresses"),  # begins a sentence: its capital means nothing
        ("fp8 weaving", "FP8 weaving"),
        ("low-rank shuttle", "low-rank shuttles"),
        ("weaving", "weaving"),  # the summary comes before the title
        ("sery", "series"),
        ("policy", "policies"),
        ("gaussian", "Gaussian"),  # inside a sentence its capital is its own
        ("loom", None),  # inside a word is not where it stands
        ("alway", None),  # says as little as it does uncut
    ],
)
def test_words_are_shown_as_the_record_prints_them(term: str, printed: str | None) -> None:
    assert wording.as_printed(RECORD, {term}).get(term) == printed


def test_all_that_papers_have_in_common_is_shown_as_a_text_has_it() -> None:
    found = library(RECORDS)
    for record_id, relations in found.relations.items():
        record = found.records[record_id]
        text = titles.fold(" ".join([record.summary or "", record.why or "", titles.plain(record.title)])).casefold()
        terms = {term for relation in relations for term in relation.words}
        printed = wording.as_printed(record, terms)
        assert printed.keys() == terms
        for word in {word for term in terms for word in printed[term].split()}:
            assert re.search(rf"(?<![^\W_]){re.escape(word.casefold())}(?![^\W_])", text), (record_id, word)


def test_facts_are_plain_text_with_their_origin() -> None:
    record = Record.model_validate(
        {
            "title": "T",
            "alternative_titles": ["$T^2$", "U <b>"],
            "authors": ["A <b>", "B"],
            "author_count": 2,
            "issued": "2022-10",
            "identifiers": {"arxiv": "2210.17323"},
            "alternative_identifiers": [{"arxiv": "2209.00001", "doi": "10.5555/a"}, {"acl": "2021.toy-main.7"}],
            "links": {"code": "https://github.com/a/b"},
            "provenance": {
                "authors": "owner/list:READ ME.md",
                "issued": "editor: as published; from dump",
                "links.code": "elsewhere",
            },
        }
    )
    source = {"dump": library(RECORDS).sources["public-bibliographies.csl"]}
    found = list(wording.facts_of(record, Library.of(store.Contents(RECORDS, records={"t": record}, sources=source))))
    assert [(fact.label, fact.value, fact.address) for fact in found] == [
        ("Also titled", "T² · U <b>", ""),
        ("Authors", "A <b>, B", ""),
        ("Date", "October 2022", ""),
        ("arXiv", "2210.17323", "https://arxiv.org/abs/2210.17323"),
        ("Also identified as", "arXiv 2209.00001 · DOI 10.5555/a · ACL Anthology 2021.toy-main.7", ""),
        ("Code", "github.com/a/b", "https://github.com/a/b"),
    ]
    assert [(fact.origin, fact.origin_address) for fact in found] == [
        ("the editors", ""),
        ("owner/list:READ ME.md", "https://github.com/owner/list/blob/HEAD/READ%20ME.md"),
        ("the editors: as published (Public bibliographies)", "../sources/dump.md"),
        ("the editors", ""),
        ("the editors", ""),
        ("elsewhere", "../data.md#where-facts-come-from"),
    ]


def test_facts_of_one_origin_stand_together() -> None:
    record = Record.model_validate(
        {"title": "T", "authors": ["A"], "issued": "2022", "venue": "V", "provenance": {"issued": "elsewhere"}}
    )
    found = wording.facts_of(record, library(RECORDS))
    assert wording.by_origin(found) == [
        (("the editors", ""), ["Authors", "Venue"]),
        (("elsewhere", "../data.md#where-facts-come-from"), ["Date"]),
    ]


@pytest.mark.parametrize(
    ("held", "among"), [({}, True), ({"doi": "10.5555/x"}, True), ({"arxiv": "2210.17323"}, False)]
)
def test_a_paper_that_is_linked_on_arxiv_is_not_searched_for_there(held: dict[str, str], among: bool) -> None:
    found = dict(wording.searches(Record.model_validate({"title": "A & B", "identifiers": held})))
    assert ("arXiv" in found) is among
    assert found["Google Scholar"] == "https://scholar.google.com/scholar?q=A+%26+B"


@pytest.mark.parametrize(
    ("provenance", "text", "address"),
    [
        ("owner/list:READ ME.md", "owner/list:READ ME.md", "https://github.com/owner/list/blob/HEAD/READ%20ME.md"),
        ("httpie/list:a.md", "httpie/list:a.md", "https://github.com/httpie/list/blob/HEAD/a.md"),
        ("https://example.org/a/b", "example.org/a/b", "https://example.org/a/b"),
        ("https://example.org/a; 2023-10 derived from the arXiv id",
         "example.org/a; October 2023 derived from the arXiv id", "https://example.org/a"),
    ],
)  # fmt: skip
def test_where_a_fact_came_from_can_be_followed(provenance: str, text: str, address: str) -> None:
    assert wording.origin_of(provenance, library()) == (text, address)
