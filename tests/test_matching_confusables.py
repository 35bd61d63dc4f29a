"""Matching: titles that look alike and are other papers, and copies of one title that look unlike."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from generator.matching import match
from generator.matching.comparison import compare
from generator.matching.items import Item, item_of_entry
from generator.models import Entry

# Groups of invented titles; within a group every title is another paper.
CONFUSABLE = [
    [
        "WEFT: Learning to Weave from Large Looms",
        "WEFT v2: Learning to Weave from Large Looms",
        "WEFT 2: Learning to Weave from Large Looms",
        "WEFT 2.5: Learning to Weave from Large Looms",
        "WEFT+: Learning to Weave from Large Looms",
        "RoWEFT: Learning to Weave from Large Looms",
        "DistilWEFT: Learning to Weave from Small Looms",
        "Towards WEFT: Learning to Weave from Large Looms",
        "Learning to Weave from Large Looms, Revisited",
        "WEFT-7B: Learning to Weave from Large Looms",
        "WEFT-13B: Learning to Weave from Large Looms",
        "WEFT: Learning to Weave from Large Looms in Basque",
        "WEFT: Learning to Weave from Large Looms in Czech",
        "Erratum: WEFT: Learning to Weave from Large Looms",
        "Comment on WEFT: Learning to Weave from Large Looms",
        "Reply to the Comment on WEFT: Learning to Weave from Large Looms",
        "WEFT: Unlearning to Weave from Large Looms",
    ],
    ["SPACE-2: Looms as Semi-Trees", "SPACE-3: Looms as Semi-Trees", "SPACE: Looms as Semi-Trees"],
    ["Loom2 Technical Report", "Loom2.5 Technical Report", "Loom3 Technical Report", "Loom25 Technical Report"],
    ["The Theory of Warps, Part I", "The Theory of Warps, Part II", "The Theory of Warps", "The Theory of Warps. III"],
    ["Advances in Weaving: Volume A", "Advances in Weaving: Volume B", "Advances in Weaving"],
    [
        "A Survey of Threads in Cloth Retrieval",
        "An Analysis of Threads in Cloth Retrieval",
        "A Benchmark of Threads in Cloth Retrieval",
        "Threads in Cloth Retrieval",
        "Towards Threads in Cloth Retrieval",
        "On Threads in Cloth Retrieval Again",
    ],
    [
        "Proceedings of the Third Workshop on Looms",
        "Proceedings of the 4th Workshop on Looms",
        "Proceedings of the Fifth Workshop on Looms",
        "Overview of the Loom Challenge 2019",
        "Overview of the Loom Challenge 2020",
    ],
    ["Supervised Weaving of Red Cloth", "Unsupervised Weaving of Red Cloth", "Semi-supervised Weaving of Red Cloth"],
    ["Symmetric Looms for Cloth", "Asymmetric Looms for Cloth"],
    ["Monolingual Cloth Models at Scale", "Multilingual Cloth Models at Scale", "Bilingual Cloth Models at Scale"],
    ["Mistrel: Weaving by Experts", "Mixtrel: Weaving by Experts", "Mistrals: Weaving by Experts"],
    ["Deep Looms for Text Weaving", "Deep Looms for Test Weaving", "Deep Looms for Next Weaving"],
    ["Weave Once, Wear Twice", "Weave Once, Wear Twice: A Study of Cloaks", "Weave Once, Wear Twice (Demo)"],
    ["Homogeneous Threads in Woven Nets", "Heterogeneous Threads in Woven Nets"],
    ["Encoder Looms for Speech Cloth", "Decoder Looms for Speech Cloth", "Encoder-Decoder Looms for Speech Cloth"],
    ["Pre-weaving for Small Cloth Models", "Post-weaving for Small Cloth Models", "Weaving for Small Cloth Models"],
    ["Regret Minimization on Looms", "Regret Maximization on Looms"],
    ["Absorption of Dye in Wool", "Adsorption of Dye in Wool"],
    ["Nitrate in Washed Wool", "Nitrite in Washed Wool"],
    ["Afferent Threads of the Loom", "Efferent Threads of the Loom"],
    ["Looms with Memory for Long Threads", "Looms without Memory for Long Threads"],
]  # fmt: skip

TEXT = (
    "We weave red and blue cloth on looms of every size and ask how many threads a shuttle carries before it tires. "
    "Twelve weavers took part for forty days. The widest loom needed the least wool, and narrow ones broke more often. "
    "Our cloth is warmer than that of earlier mills by a third, at half their price, and does not fade in the sun."
)


def items(titles: list[str], **fields: Any) -> list[Item]:
    return [item_of_entry(Entry("toy", 1, n, title, key=f"e{n}", **fields)) for n, title in enumerate(titles)]


ALIKE: dict[str, dict[str, Any]] = {
    "titles alone": {},
    "one abstract": {"abstract": TEXT},
    "one author and year": {"authors": ("Ida Loom",), "issued": "2020"},
    "all alike": {"abstract": TEXT, "authors": ("Ida Loom",), "issued": "2020", "venue": "Proceedings of Looms"},
}


@pytest.mark.parametrize("sources", [1, 2], ids=["one source", "two sources"])
@pytest.mark.parametrize("fields", ALIKE.values(), ids=ALIKE)
def test_confusable_titles_are_never_merged(fields: dict[str, Any], sources: int) -> None:
    every = [title for group in CONFUSABLE for title in group]
    found = match([replace(item, source=f"s{n % sources}") for n, item in enumerate(items(every, **fields))])
    merged = [[every[place] for place in cluster] for cluster in found.clusters if len(cluster) > 1]
    assert merged == []
    assert not [pair for pair in found.pairs if pair.verdict.kind == "same"]


def test_what_recurs_is_never_merged() -> None:
    titles = [
        "Editorial",
        "Introduction",
        "Guest Editorial",
        "Preface",
        "Book Reviews",
        "Letters to the Editor",
        "News",
    ]
    entries = [
        Entry("toy", 1, 1, title, key=f"{title} {year} {n}", issued=year, authors=authors)
        for title in titles
        for year in (None, "2019", "2020")
        for n, authors in enumerate([None, ("Ida Loom",), ("Jan Ferry",)])
    ]
    assert all(len(cluster) == 1 for cluster in match([item_of_entry(entry) for entry in entries]).clusters)


# --- copies ----------------------------------------------------------------------------------------------------------

PLAIN = [
    "Weaving the Night: How Looms Learn to Translate Sleep",
    "A Study of Self-Supervised Threads in Low-Resource Cloth",
    "Quantized Shuttles for Efficient Inference on Narrow Looms",
    "When Do Weavers Forget? Measuring Retention in Continual Spinning",
    "Pattern-Aware Sampling of Woven Graphs with Guarantees",
    "Mixed-Precision Spinning Without Tears",
    "LoomLM: An Open Language of Knots and Ropes",
    "Warp Speed: Compressing Attention in Long Tapestries",
    "The Unreasonable Strength of Simple Yarns",
    "Distilling Embroidery into Tiny Needles",
]


def _hyphen(title: str, chance: random.Random) -> str:
    return title.replace("-", " ") if "-" in title else title.replace(" ", "-", 1)


def _latex(title: str, chance: random.Random) -> str:
    first, _, rest = title.partition(" ")
    return rf"\textbf{{{first}}} {rest}"


def _typo(title: str, chance: random.Random) -> str:
    word = max((word for word in title.split() if word.isalpha()), key=len)
    at = chance.randrange(2, len(word) - 1)
    return title.replace(word, word[:at] + word[at + 1 :])


COPIES: dict[str, Callable[[str, random.Random], str]] = {
    "lower case": lambda title, chance: title.lower(),
    "upper case": lambda title, chance: title.upper(),
    "marks": lambda title, chance: title.replace(":", " —").rstrip("?") + ".",
    "quotes": lambda title, chance: f"“{title}”",
    "hyphens": _hyphen,
    "LaTeX": _latex,
    "braces": lambda title, chance: "{" + title[0] + "}" + title[1:],
    "spaces": lambda title, chance: title.replace(" ", "\u2009"),
}


@pytest.mark.parametrize("fields", [{}, {"abstract": TEXT}], ids=["titles alone", "with abstract"])
@pytest.mark.parametrize("change", COPIES.values(), ids=COPIES)
def test_copies_are_found(change: Callable[[str, random.Random], str], fields: dict[str, Any]) -> None:
    chance = random.Random(1)
    both = items([*PLAIN, *(change(title, chance) for title in PLAIN)], **fields)
    clusters = match(both).clusters
    assert sum(cluster == (n, n + len(PLAIN)) for n in range(len(PLAIN)) for cluster in clusters) == len(PLAIN)


def test_a_slip_in_a_long_word_is_found_where_abstracts_agree_and_asked_about_where_there_are_none() -> None:
    chance = random.Random(2)
    slips = [_typo(title, chance) for title in PLAIN]
    assert all(slip != title for slip, title in zip(slips, PLAIN, strict=True))
    texts = [f"{title}. {TEXT}" for title in PLAIN]
    ours = [item_of_entry(Entry("toy", 1, 1, t, abstract=a, key=f"a{t}")) for t, a in zip(PLAIN, texts, strict=True)]
    theirs = [item_of_entry(Entry("toy", 1, 1, t, abstract=a, key=f"b{t}")) for t, a in zip(slips, texts, strict=True)]
    assert [compare(a, b).kind for a, b in zip(ours, theirs, strict=True)] == ["same"] * len(PLAIN)
    assert [compare(a, b).kind for a, b in zip(items(PLAIN), items(slips), strict=True)] == ["review"] * len(PLAIN)


def test_different_papers_of_one_collection_stay_apart() -> None:
    assert all(compare(a, b).kind == "different" for a, b in combinations(items(PLAIN), 2))
