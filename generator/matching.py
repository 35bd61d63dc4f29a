"""Which entries are one paper: block, compare, cluster.

Nothing here depends on the order of the input, and no cluster joins what a verdict or a person keeps apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

from generator.comparison import Verdict, compare, identifier_conflict
from generator.items import Item

_BLOCK_CAP = 40


@dataclass(frozen=True)
class Pair:
    """A verdict about two items, given by their places in the input."""

    a: int
    b: int
    verdict: Verdict


@dataclass(frozen=True)
class Matching:
    """Clusters of items that are one paper (each sorted, singletons included), and the pairs worth telling."""

    clusters: tuple[tuple[int, ...], ...]
    pairs: tuple[Pair, ...]

    @property
    def review(self) -> tuple[Pair, ...]:
        """The pairs that a person must decide."""
        return tuple(pair for pair in self.pairs if pair.verdict.kind == "review")


def candidates(items: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Yield the pairs worth comparing, each once, as sorted places in ``items``.

    Pairs share a block: an identifier, the title's key, its beginning or end, a pair of its rarest words, or the
    beginning of the abstract. In a block over the cap only neighbours in key order are paired, so the cost
    stays near-linear.
    """
    frequency = Counter(token for item in items for token in set(item.tokens))
    blocks: defaultdict[object, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        for block in _blocks(item, frequency):
            blocks[block].append(place)
    pairs: set[tuple[int, int]] = set()
    for places in blocks.values():
        if len(places) < 2:
            continue
        if len(places) <= _BLOCK_CAP:
            pairs.update(combinations(places, 2))
            continue
        places.sort(key=lambda place: items[place].order)
        for index, place in enumerate(places):
            pairs.update(tuple(sorted((place, other))) for other in places[index + 1 : index + 1 + _BLOCK_CAP // 4])  # type: ignore[misc]
    yield from sorted(pairs)


def _blocks(item: Item, frequency: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    for kind, value in item.identifiers.items():
        yield ("id", kind, value)
    yield ("key", item.key)
    yield ("start", item.key[:16])
    yield ("end", item.key[-16:])
    rare = sorted(
        {token for token in item.tokens if frequency[token] > 1}, key=lambda token: (frequency[token], token)
    )[:4]
    for pair in combinations(sorted(rare), 2):
        yield ("words", *pair)
    if item.abstract_start:
        yield ("abstract", item.abstract_start)


def match(items: Sequence[Item]) -> Matching:
    """Find which of ``items`` are one paper.

    Pairs that are ``same`` join clusters, the surest first; a join that would bring two items together which are
    ``different`` or have conflicting identifiers, or two records that exist already, is refused and becomes ``review``.
    """
    items = _with_columns(items)
    rank = [0] * len(items)
    for position, place in enumerate(sorted(range(len(items)), key=lambda place: items[place].order)):
        rank[place] = position
    content = _contents(items)
    verdicts: dict[tuple[int, int], Verdict] = {}

    def verdict_of(one: int, other: int) -> Verdict:
        if items[one].not_same_as or items[other].not_same_as:
            return compare(items[one], items[other])
        pair = (content[one], content[other])
        if (verdict := verdicts.get(pair)) is None:
            verdict = verdicts[pair] = verdicts[pair[::-1]] = compare(items[one], items[other])
        return verdict

    told = [(pair, verdict) for pair in candidates(items) if (verdict := verdict_of(*pair)).kind != "different"]
    told.sort(key=lambda each: (each[1].kind != "same", -each[1].score, sorted((rank[each[0][0]], rank[each[0][1]]))))
    members: dict[int, list[int]] = {place: [place] for place in range(len(items))}
    cluster_of = list(range(len(items)))
    pairs = []
    for (a, b), verdict in told:
        if verdict.kind == "same" and cluster_of[a] != cluster_of[b]:
            one, other = members[cluster_of[a]], members[cluster_of[b]]
            if reason := _obstacle(items, rank, one, other, verdict_of):
                pairs.append(Pair(a, b, Verdict("review", verdict.score, f"{verdict.reason}, but {reason}")))
                continue
            for place in other:
                cluster_of[place] = cluster_of[a]
            one.extend(other)
        if verdict.kind == "same" or cluster_of[a] != cluster_of[b]:
            pairs.append(Pair(a, b, verdict))
    clusters = sorted(tuple(sorted(members[root])) for root in set(cluster_of))
    pairs.sort(key=lambda pair: (pair.a, pair.b))
    return Matching(tuple(clusters), tuple(pairs))


def _with_columns(items: Sequence[Item]) -> Sequence[Item]:
    """Mark the items whose title stands in three or more years, or thrice in one year without equal authors."""
    years: defaultdict[str, set[int]] = defaultdict(set)
    people: defaultdict[str, set[frozenset[str]]] = defaultdict(set)
    for item in items:
        if item.year:
            years[item.key].add(item.year)
            people[item.key].add(item.people)
    columns = {key for key, found in years.items() if len(found) > 2 or (len(found) > 1 and len(people[key]) > 3)}
    return [replace(item, is_column=True) if item.key in columns else item for item in items] if columns else items


def _contents(items: Sequence[Item]) -> list[int]:
    """Give each item a number so that those alike in all but their labels bear one number: they are compared once."""
    numbers: dict[object, int] = {}
    found = []
    for item in items:
        identifiers = tuple(sorted(item.identifiers.items()))
        texts = (item.tokens, item.stems, item.abstract, identifiers, item.people, item.venue)
        rest = (item.year, item.volume, item.number, item.pages, item.code, item.is_column)
        found.append(numbers.setdefault((texts, rest), len(numbers)))
    return found


def _obstacle(
    items: Sequence[Item],
    rank: Sequence[int],
    one: list[int],
    other: list[int],
    verdict_of: Callable[[int, int], Verdict],
) -> str | None:
    """Say why two clusters must not become one, or ``None``."""
    records = sorted({items[place].label for place in (*one, *other) if items[place].is_record})
    if len(records) > 1:
        return f"{records[0]} and {records[1]} are two records"

    def clash(a: int, b: int) -> str | None:
        verdict = verdict_of(a, b)
        return verdict.reason if verdict.kind == "different" else identifier_conflict(items[a], items[b])

    apart = [sorted(pair, key=rank.__getitem__) for pair in product(one, other) if clash(*pair)]
    if not apart:
        return None
    a, b = min(apart, key=lambda pair: [rank[place] for place in pair])
    return f"{items[a].label} and {items[b].label} are different: {clash(a, b)}"
