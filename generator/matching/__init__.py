"""Which entries are one paper: block, compare, cluster.

Nothing here depends on the order of the input, and no cluster joins what a verdict or a person keeps apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, groupby

from generator.matching import blocking
from generator.matching.blocking import candidates
from generator.matching.comparison import Verdict, compare, identifier_conflict
from generator.matching.items import Item

__all__ = ["Matching", "Pair", "candidates", "match", "of_one_title", "refusal", "with_columns"]

_TIDY = 50  # of so many papers that a database is found to list, it may list one twice
_MOST = 50
"""Entries of one cluster that differ: each must fit all others, so of more, which no paper has, a person decides."""
_MANY = 500  # entries of one title, of which no more are looked at: it recurs in any case


@dataclass(frozen=True, slots=True)
class Pair:
    """A verdict about two items, given by their places in the input."""

    a: int
    b: int
    verdict: Verdict

    def left_open(self, reason: str) -> Pair:
        """Return a pair of one paper as one that a person must decide, for there is a ``reason`` against it."""
        return Pair(self.a, self.b, Verdict("review", self.verdict.score, f"{self.verdict.reason}, but {reason}"))


@dataclass(frozen=True)
class Matching:
    """Clusters of items that are one paper (each sorted, singletons included), and the pairs worth telling."""

    clusters: tuple[tuple[int, ...], ...]
    pairs: tuple[Pair, ...]

    @property
    def review(self) -> tuple[Pair, ...]:
        """The pairs that a person must decide."""
        return tuple(pair for pair in self.pairs if pair.verdict.kind == "review")


def match(items: Sequence[Item], tell: Callable[[int], None] | None = None) -> Matching:
    """Find which of ``items`` are one paper; ``tell`` hears how many pairs have been compared.

    Pairs that are ``same`` join clusters, the surest first; a join that would bring two items together which are
    ``different`` or have conflicting identifiers, or two records that exist already, is refused and becomes ``review``.
    """
    order = blocking.ranked(items)
    runs = of_one_title(items, order)
    items = with_columns(items, runs)
    judge = _Judge(items, order, _recurring(items, runs))
    rank = judge.rank
    told = []
    for number, (a, b) in enumerate(blocking.candidates(items, order)):
        verdict = judge(a, b)
        if verdict.kind != "different":
            told.append(Pair(a, b, verdict))
        if tell:
            tell(number)
    told = _with_choices_left(items, told)
    told.sort(key=lambda pair: (*_doubt(items, pair), sorted((rank[pair.a], rank[pair.b]))))
    cluster_of = list(range(len(items)))
    members: dict[int, _Cluster] = {}
    pairs = []
    for pair in told:
        a, b, is_same = pair.a, pair.b, pair.verdict.kind == "same"
        if is_same and cluster_of[a] != cluster_of[b]:
            one, other = (
                members.setdefault(cluster_of[place], _Cluster.of(judge, [cluster_of[place]])) for place in (a, b)
            )
            if reason := judge.obstacle(one, other, (a, b)):
                pairs.append(pair.left_open(reason))
                continue
            larger, smaller = (one, other) if len(one.places) >= len(other.places) else (other, one)
            root = cluster_of[larger.places[0]]
            del members[cluster_of[smaller.places[0]]]
            for place in smaller.places:
                cluster_of[place] = root
            larger.take_in(smaller, rank)
        if is_same or cluster_of[a] != cluster_of[b]:
            pairs.append(pair)
    clusters = sorted(
        tuple(sorted(members[root].places)) if root in members else (root,)
        for root, place in zip(cluster_of, range(len(items)), strict=True)
        if root == place
    )
    pairs = _told_once(items, _unsettled(items, pairs, clusters, cluster_of))
    pairs.sort(key=lambda pair: (pair.a, pair.b))
    return Matching(tuple(clusters), tuple(pairs))


def _doubt(items: Sequence[Item], pair: Pair) -> tuple[bool, bool, float]:
    """Return what sorts the surest pairs first: a common identifier says more than an equal title."""
    one, other = (items[place].identifiers.items() for place in (pair.a, pair.b))
    return pair.verdict.kind != "same", one.isdisjoint(other), -pair.verdict.score


def _with_choices_left(items: Sequence[Item], told: list[Pair]) -> list[Pair]:
    """Let a person choose where an entry is one paper with several records that are two, and with none more surely."""
    likeness: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for pair in told:
        for entry, record in ((pair.a, pair.b), (pair.b, pair.a)):
            if pair.verdict.kind == "same" and items[record].is_record and not items[entry].is_record:
                scores, label = likeness[entry], items[record].label
                scores[label] = max(pair.verdict.score, scores.get(label, 0))
    choices = {}
    for entry, scores in likeness.items():
        likest = sorted(label for label, score in scores.items() if score == max(scores.values()))
        if len(likest) > 1:
            choices[entry] = f"{likest[0]} and {likest[1]} are two records"

    def left(pair: Pair) -> Pair:
        if pair.verdict.kind == "same":
            for entry, record in ((pair.a, pair.b), (pair.b, pair.a)):
                if entry in choices and items[record].is_record:
                    return pair.left_open(choices[entry])
        return pair

    return [left(pair) for pair in told] if choices else told


def _unsettled(
    items: Sequence[Item], pairs: list[Pair], clusters: Sequence[tuple[int, ...]], cluster_of: Sequence[int]
) -> list[Pair]:
    """Leave out the pairs for review that the clusters have settled.

    A person who has told two records apart has told all that is one paper with them apart. A database that lists every
    paper once, as far as the clusters show, has no second entry for a paper of which one is found; so nobody need be
    asked whether it has.
    """
    holding: dict[int, frozenset[str]] = {}
    twice: Counter[str] = Counter()
    several: Counter[str] = Counter()
    for cluster in clusters:
        if len(cluster) > 1:
            sources = Counter(items[place].source for place in cluster)
            holding[cluster_of[cluster[0]]] = frozenset(sources)
            several.update(sources.keys())
            twice.update(source for source, count in sources.items() if count > 1)
    tidy = {source for source, count in several.items() if source and twice[source] * _TIDY <= count}
    apart = _told_apart(items, cluster_of)

    def is_settled(pair: Pair) -> bool:
        if pair.verdict.kind != "review":
            return False
        if frozenset((cluster_of[pair.a], cluster_of[pair.b])) in apart:
            return True
        one, other = items[pair.a], items[pair.b]
        if one.source == other.source:
            return one.source in tidy and one.key != other.key
        return any(
            b.source in tidy and b.source in holding.get(cluster_of[place], ())
            for place, b in ((pair.a, other), (pair.b, one))
        )

    return [pair for pair in pairs if not is_settled(pair)]


def _told_apart(items: Sequence[Item], cluster_of: Sequence[int]) -> set[frozenset[int]]:
    """Return each two clusters that hold records which a person has told apart."""
    told = [(place, other) for place, item in enumerate(items) for other in item.not_same_as]
    named = {other for _, other in told}
    holding: defaultdict[str, set[int]] = defaultdict(set)
    for place, item in enumerate(items):
        if item.is_record and item.label in named:
            holding[item.label].add(cluster_of[place])
    return {frozenset((cluster_of[place], cluster)) for place, other in told for cluster in holding[other]}


def _told_once(items: Sequence[Item], pairs: list[Pair]) -> list[Pair]:
    """Return of the pairs of two papers the surest: a record stands here in each form that it is known by."""
    if not any(item.is_record for item in items):
        return pairs
    surest: dict[frozenset[int | str], Pair] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.verdict.order, pair.a, pair.b)):
        papers = frozenset(items[place].label if items[place].is_record else place for place in (pair.a, pair.b))
        if len(papers) > 1:
            surest.setdefault(papers, pair)
    return list(surest.values())


@dataclass(slots=True)
class _Cluster:
    """Items that are one paper."""

    places: list[int]
    faces: dict[int, int]
    """One of each content, the first in order: what another cluster is compared with. So equal entries cost nothing."""
    records: set[str]
    """The labels of those that are records."""

    @classmethod
    def of(cls, judge: _Judge, places: list[int]) -> _Cluster:
        """Return a cluster of ``places``."""
        faces: dict[int, int] = {}
        for place in sorted(places, key=judge.rank.__getitem__):
            faces.setdefault(judge.content_of(place), place)
        return cls(places, faces, {judge.items[place].label for place in places if judge.items[place].is_record})

    def take_in(self, other: _Cluster, rank: Sequence[int]) -> None:
        """Join another cluster to this one."""
        self.places += other.places
        self.records |= other.records
        for content, place in other.faces.items():
            self.faces[content] = min(self.faces.get(content, place), place, key=rank.__getitem__)


class _Judge:
    """Compares items by their places; those alike in all but their labels are compared once.

    ``order`` is that of :func:`blocking.ranked`.
    """

    def __init__(self, items: Sequence[Item], order: Sequence[int], content: dict[int, int]) -> None:
        self.items = items
        self.rank = [0] * len(order)  # of each place, where it stands in the order
        for position, place in enumerate(order):
            self.rank[place] = position
        self._content = content
        self._verdicts: dict[tuple[int, int], Verdict] = {}
        self._clashes: dict[tuple[int, int], str | None] = {}

    def content_of(self, place: int) -> int:
        """Return a number that items bear of which each can stand for the other; one below 0 is an item's own."""
        return self._content.get(place, ~place)

    def __call__(self, one: int, other: int) -> Verdict:
        a, b = self.items[one], self.items[other]
        pair = self.content_of(one), self.content_of(other)
        if max(pair) < 0 or a.not_same_as or b.not_same_as:
            return compare(a, b)
        if (verdict := self._verdicts.get(pair)) is None:
            verdict = self._verdicts[pair] = self._verdicts[pair[::-1]] = compare(a, b)
        return verdict

    def clash(self, one: int, other: int, *, is_same: bool) -> str | None:
        """Say what keeps two items from being one paper, or ``None``; ``is_same`` tells that the verdict does not.

        It is remembered, for clusters that grow meet the same others again.
        """
        if (pair := (one, other)) not in self._clashes:
            verdict = None if is_same else self(one, other)
            different = verdict.reason if verdict and verdict.kind == "different" else None
            self._clashes[pair] = different or identifier_conflict(self.items[one], self.items[other])
        return self._clashes[pair]

    def obstacle(self, one: _Cluster, other: _Cluster, joining: tuple[int, int] | None = None) -> str | None:
        """Say why two clusters must not become one, or ``None``.

        ``joining`` is the pair that would join them, which is one paper: to compare it again would take a fifth of the
        time of all comparisons.
        """
        records = sorted(one.records | other.records)
        if len(records) > 1:
            return f"{records[0]} and {records[1]} are two records"
        if len(one.faces) + len(other.faces) > _MOST:
            return f"together they are more than {_MOST} entries that differ"
        ones = set(one.faces.values())
        places = sorted((*ones, *other.faces.values()), key=self.rank.__getitem__)
        for a, b in combinations(places, 2):
            if (a in ones) != (b in ones) and (reason := self.clash(a, b, is_same=joining in ((a, b), (b, a)))):
                return f"{self.items[a].label} and {self.items[b].label} are different: {reason}"
        return None


def of_one_title(items: Sequence[Item], order: Sequence[int]) -> list[list[int]]:
    """Return the places of the items that bear one title, wherever several do; ``order`` is that of their titles."""
    runs = (list(run) for _, run in groupby(order, key=lambda place: items[place].key))
    return [places for places in runs if len(places) > 1]


def with_columns(items: Sequence[Item], runs: Iterable[Sequence[int]]) -> Sequence[Item]:
    """Mark the items whose title recurs; ``runs`` are those of :func:`of_one_title`.

    A title recurs that stands in three or more years, or thrice in two years without equal authors, or in two years
    and twice in one of them by the same authors in one source. Where one source has two entries of a title, a year and
    authors in common, each is marked as crowded.
    """
    marked = list(items)
    for places in runs:
        if len(places) < 3:
            continue
        years = {items[place].year for place in places} - {None}
        people = {items[place].people for place in places if items[place].year}
        crowded = {place for place in places if _is_crowded(items, place, places)}
        column = len(years) > 2 or (len(years) > 1 and (len(people) > 3 or bool(crowded)))
        for place in places:
            if column or place in crowded:
                marked[place] = replace(items[place], is_column=column, is_crowded=place in crowded)
    return marked


def _is_crowded(items: Sequence[Item], place: int, places: Sequence[int]) -> bool:
    """Tell whether the source of an item has another one among ``places``, of its year and by one of its authors."""
    item = items[place]
    return bool(item.source and item.year) and any(
        other != place
        and items[other].source == item.source
        and items[other].year == item.year
        and (items[other].families == item.families or not item.families.isdisjoint(items[other].families))
        for other in places[:_MANY]
    )


def _recurring(items: Sequence[Item], runs: Iterable[Sequence[int]]) -> dict[int, int]:
    """Give a number to each item that another one equals in all but the label; the same number to both.

    What a person has told apart from others equals none.
    """
    numbers: dict[int, int] = {}
    for places in runs:
        first: dict[object, int] = {}
        for place in places:
            if items[place].not_same_as:
                continue
            twin = first.setdefault(_content(items[place]), place)
            if twin != place:
                numbers[twin] = numbers[place] = twin
    return numbers


def _content(item: Item) -> tuple[object, ...]:
    places = (item.year, item.venue, item.volume, item.number, item.pages, item.code, item.source)
    marks = (item.is_column, item.is_crowded)
    return (item.title, item.abstract_mark, tuple(sorted(item.identifiers.items())), item.authors, places, marks)


def refusal(items: Sequence[Item], one: Sequence[int], other: Sequence[int]) -> str | None:
    """Say why two clusters of a matching of ``items`` cannot become one, or ``None``."""
    judge = _Judge(items, blocking.ranked(items), {})
    return judge.obstacle(_Cluster.of(judge, list(one)), _Cluster.of(judge, list(other)))
