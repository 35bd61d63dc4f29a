"""Why two items were made one paper, or were not: what matching did with them, step by step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import chain

from generator import matching
from generator.matching import blocking, evidence
from generator.matching.comparison import Verdict, compare
from generator.matching.items import Item


@dataclass(frozen=True)
class Explanation:
    """What matching found about two items."""

    places: tuple[int, int] = field(compare=False)
    """Which two of the items."""
    verdict: Verdict
    """What the comparison of these two comes to, taken alone."""
    compared: tuple[tuple[str, str], ...]
    """What was compared, and what came of it."""
    blocks: tuple[str, ...]
    """What the two have in common that may have brought them to a comparison."""
    was_compared: bool
    together: bool
    """Whether they stand in one cluster."""
    decision: str
    """What came of it in the end, in a sentence."""


def explain(items: Sequence[Item], ones: Collection[int], others: Collection[int]) -> Explanation:
    """Say what matching does with two of ``items``, given by their places; all of them count, as in a whole run.

    An id that stands in several files has several places. Then that pair is explained which is one paper, else one that
    a person must decide about, else the first of all. Two of the places must differ.
    """
    found = matching.match(items)
    one, other = _meant(found, ones, others)
    a, b = sorted((one, other))
    marked = matching.with_columns(items, matching.of_one_title(items, blocking.ranked(items)))
    verdict = compare(marked[a], marked[b])
    kinds, was_compared = blocking.shared(items, a, b)
    clusters = [next(cluster for cluster in found.clusters if place in cluster) for place in (a, b)]
    together = clusters[0] == clusters[1]
    told = next((pair.verdict for pair in found.pairs if (pair.a, pair.b) == (a, b)), None)
    refusal = None if together else matching.refusal(marked, *clusters)
    labels = f"{items[a].label} and {items[b].label}"
    if together and verdict.kind == "same":
        decision = f"{labels} are one paper: {verdict.reason}"
    elif together:
        decision = f"{labels} are one paper, because others join them: {', '.join(_path(items, clusters[0], a, b))}"
    elif not was_compared and kinds:
        blocks = ", ".join(blocking.BLOCKS[kind] for kind in kinds)
        decision = f"{labels} were never compared: they share {blocks}, but so do more than {blocking.BLOCK_CAP} others"
    elif not was_compared:
        blocks = "; ".join(blocking.BLOCKS.values())
        decision = f"{labels} were never compared: they share no block, that is, none of: {blocks}"
    elif refusal and verdict.kind != "different":
        decision = f"{labels} are kept apart, because {refusal}"
    elif told is not None:
        decision = f"a person must decide whether {labels} are one paper: {told.reason}"
    elif verdict.kind == "review":
        decision = (
            f"{labels} are kept apart: {verdict.reason}; nobody is asked, for their databases list a paper once, "
            "and another entry was found for it, or both have their own title there"
        )
    else:
        decision = f"{labels} are two papers: {verdict.reason}"
    compared = tuple(evidence.lines(marked[a], marked[b]))
    return Explanation((one, other), verdict, compared, tuple(kinds), was_compared, together, decision)


def _meant(found: matching.Matching, ones: Collection[int], others: Collection[int]) -> tuple[int, int]:
    one_paper = ((a, b) for cluster in found.clusters for a in cluster if a in ones for b in cluster if b in others)
    asked = (places for pair in found.pairs for places in ((pair.a, pair.b), (pair.b, pair.a)))
    named = ((a, b) for a in ones for b in others)
    return next((a, b) for a, b in chain(one_paper, asked, named) if a != b and a in ones and b in others)


def _path(items: Sequence[Item], cluster: Sequence[int], a: int, b: int) -> list[str]:
    """Return the labels of the entries by which one item of a cluster leads to another, pair by pair."""
    before: dict[int, int] = {a: a}
    reached = [a]
    for place in reached:
        for other in cluster:
            if other not in before and compare(items[place], items[other]).kind == "same":
                before[other] = place
                reached.append(other)
    path = []
    place = before.get(b, b)
    while before.get(place, place) != place:
        path.append(items[place].label)
        place = before[place]
    return path[::-1] or [items[place].label for place in cluster if place not in (a, b)]
