"""Which entries are one paper, and why: block, compare, cluster.

Two papers made one is worse than one paper kept twice, so only what is certain is ``same``; what is probable goes to a
person as ``review``. Every verdict carries its reason. Nothing here depends on the order of the input.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein

from generator import dates, titles
from generator.models import Entry, PersonName, Record

_STOP_WORDS = frozenset("a an and as at by de der die for from in into is la of on or the to und via with".split())
_ROMAN = re.compile(r"x{0,2}(?:ix|iv|v?i{1,3}|v|x)")
# What a cataloguer adds behind a title: "[Chinese]", "[Erratum appears in … 2013;27(3):377]".
_CATALOGUER_NOTE = re.compile(r"[\s.]*\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]\.?$")
# A notice about a paper is another document than the paper.
_NOTICES = frozenset(
    """addendum comment comments commentary corrections correction corrigendum errata erratum reply response
    retracted retraction""".split()
)
_PARTS = frozenset("part volume vol chapter appendix supplement version edition".split())
_NEGATIONS = frozenset(
    """a an anti de dis hetero homo hyper hypo il im in inter intra ir mis multi non over pre post re semi sub
    super un under uni bi""".split()
)

# A title of nothing but these stands above a different text in every issue and every volume.
_FURNITURE = frozenset(
    """abstracts acknowledgement acknowledgements announcement announcements article articles book books calendar
    chair chairs column conclusion conclusions conference contents cover discussion editor editorial editorials
    editors events features foreword front guest in index interview introduction introductory invited issue
    journal keynote letter letters matter message meeting memoriam minutes news newsletter note notes obituary
    opening overview panel papers poster posters preface proceedings program programme prologue record
    reminiscences report reports research review reviewers reviews section session special summary symposium this
    title tutorial welcome workshop""".split()
)
_DISTINCT_WORDS = 4
_DISTINCT_LENGTH = 14
_BLOCK_CAP = 40
_PEOPLE_DIFFER = "the authors differ"
_ABSTRACT_SAME = 0.6  # share of words in common
_ABSTRACT_OTHER = 0.3


@dataclass(frozen=True)
class Item:
    """What matching looks at of one entry or record; texts are already in comparable form."""

    label: str
    title: str
    tokens: tuple[str, ...]
    key: str
    abstract: frozenset[str] = frozenset()
    abstract_start: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    people: frozenset[str] = frozenset()
    """The words of the authors' names, initials left out: sources differ in the order and the division of names."""
    year: int | None = None
    venue: frozenset[str] = frozenset()
    volume: str = ""
    number: str = ""
    pages: str = ""
    code: str = ""
    not_same_as: frozenset[str] = frozenset()
    is_record: bool = False
    is_column: bool = False
    """Whether its title recurs over the years, as "Editorial" and "Book reviews" do: such a title proves nothing."""

    @property
    def order(self) -> tuple[str, str]:
        """What every sort here ends with."""
        return (self.key, self.label)


Kind = Literal["same", "review", "different"]


@dataclass(frozen=True)
class Verdict:
    """What a comparison came to: a kind, how alike the two are (0 to 1), and the rule that decided."""

    kind: Kind
    score: float
    reason: str


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


def item_of_entry(entry: Entry) -> Item:
    """Return the comparable form of an entry."""
    return _item(
        entry.label,
        entry.title,
        entry.abstract,
        entry.identifiers,
        entry.authors or (),
        entry.issued,
        entry.venue,
        (entry.volume, entry.number, entry.pages),
        entry.links.get("code"),
    )


def item_of_record(record_id: str, record: Record) -> Item:
    """Return the comparable form of a record; its label is its id."""
    return _item(
        record_id,
        record.title,
        record.abstract,
        record.identifiers.model_dump(exclude_none=True),
        record.authors,
        record.issued,
        record.venue,
        (None, None, None),
        record.links.code,
        frozenset(record.not_same_as),
    )


def _item(
    label: str,
    title: str,
    abstract: str | None,
    identifiers: Mapping[str, str],
    authors: Iterable[str | PersonName],
    issued: str | None,
    venue: str | None,
    volume_number_pages: tuple[str | None, str | None, str | None],
    code: str | None,
    not_same_as: frozenset[str] | None = None,
) -> Item:
    words = titles.tokens(title)
    while (bare := _CATALOGUER_NOTE.sub("", title)) != title and len(rest := titles.tokens(bare)) >= _DISTINCT_WORDS:
        title, words = bare, rest
    abstract_words = titles.tokens(abstract) if abstract else []
    volume, number, pages = volume_number_pages
    return Item(
        label=label,
        title=title,
        tokens=tuple(words),
        key="".join(words),
        abstract=frozenset(abstract_words),
        abstract_start="".join(abstract_words[:12]),
        identifiers=identifiers,
        people=frozenset(word for author in authors for word in titles.tokens(str(author)) if len(word) > 2),
        year=dates.year_of(issued),
        venue=frozenset(word for word in titles.tokens(venue or "") if not word.isdigit() and word not in _STOP_WORDS),
        volume=titles.key(volume or ""),
        number=titles.key(number or ""),
        pages=first_page(pages or ""),
        code=(code or "").rstrip("/").lower(),
        not_same_as=not_same_as or frozenset(),
        is_record=not_same_as is not None,
    )


def first_page(pages: str) -> str:
    """Return the first page of a range such as ``S12-9``, in comparable form."""
    return titles.key(re.split(r"[-–—]", pages.strip(), maxsplit=1)[0])


# --- comparing -------------------------------------------------------------------------------------------------------


def compare(a: Item, b: Item) -> Verdict:
    """Decide whether two items are one paper; the same verdict comes out for ``compare(b, a)``."""
    if b.order < a.order:
        a, b = b, a
    score = round(fuzz.ratio(a.key, b.key) / 100, 3)

    def verdict(kind: Kind, reason: str, at: float = score) -> Verdict:
        return Verdict(kind, at, reason)

    if a.label in b.not_same_as or b.label in a.not_same_as:
        return verdict("different", "a person said they are not the same")
    shared = sorted(kind for kind in a.identifiers if kind in b.identifiers)
    equal = next((kind for kind in shared if a.identifiers[kind] == b.identifiers[kind]), None)
    unequal = next((kind for kind in shared if a.identifiers[kind] != b.identifiers[kind]), None)
    conflict = f"{unequal} identifiers differ ({a.identifiers[unequal]}, {b.identifiers[unequal]})" if unequal else ""
    if equal:
        reason = f"same {equal} identifier {a.identifiers[equal]}"
        if conflict:
            return verdict("review", f"{reason}, but {conflict}")
        if score >= 0.6 or _agreement(a.abstract, b.abstract) >= _ABSTRACT_SAME:
            return verdict("same", reason, 1.0)
        return verdict("review", f"{reason}, but the titles are far apart")
    if guard := _guard(a, b):
        return verdict("different", guard)
    if conflict:
        alike = a.key == b.key or _agreement(a.abstract, b.abstract) >= _ABSTRACT_SAME
        return (
            verdict("review", f"equal title or abstract, but {conflict}") if alike else verdict("different", conflict)
        )
    if a.key == b.key:
        return _compare_equal_titles(a, b)
    return _compare_unequal_titles(a, b, score)


def _compare_equal_titles(a: Item, b: Item) -> Verdict:
    support, against = _circumstances(a, b)
    if _same_place(a, b):
        return Verdict("same", 1.0, f"equal title, {' and '.join(support)}")
    apart = abs(a.year - b.year) if a.year and b.year else 0
    if apart > 1 or (len(against) > 1 and (apart or _PEOPLE_DIFFER in against)):
        return Verdict("different", 0.5, f"equal title, but {' and '.join(against)}")
    if against:
        return Verdict("review", 0.95, f"equal title, but {' and '.join(against)}")
    if a.is_column or b.is_column:
        return Verdict("review", 0.9, "equal title, but one that recurs over the years")
    if a.abstract and b.abstract and support:
        return Verdict("same", 1.0, f"equal title, {' and '.join(support)}")
    if all(word in _FURNITURE or word in _STOP_WORDS for word in a.tokens):
        return Verdict("review", 0.9, "equal title, but one that many texts bear")
    if len(a.key) >= _DISTINCT_LENGTH or _strong(a, b):
        return Verdict("same", 1.0, f"equal title, {' and '.join(support) or 'nothing against it'}")
    return Verdict("review", 0.9, f"equal title, but one of {len(a.key)} letters proves little alone")


def _compare_unequal_titles(a: Item, b: Item, score: float) -> Verdict:
    abstracts = _agreement(a.abstract, b.abstract)
    support, against = _circumstances(a, b)
    difference = _difference(a.tokens, b.tokens)
    if difference is not None and not against:
        if a.is_column or b.is_column:
            return Verdict("review", score, f"titles differ only in {difference}, but recur over the years")
        if abstracts >= _ABSTRACT_SAME or _strong(a, b):
            return Verdict("same", score, f"titles differ only in {difference}, {' and '.join(support)}")
        if score >= 0.9 or support:
            return Verdict("review", score, f"titles differ only in {difference}")
    if abstracts >= 0.8:
        return Verdict("review", score, "the abstracts agree, the titles do not")
    extended = _extends(a.tokens, b.tokens)
    if extended and not against and (support or (not a.people and not b.people)):
        if _strong(a, b) and a.pages and a.pages == b.pages:
            return Verdict("same", score, f"one title continues the other, {' and '.join(support)}")
        return Verdict("review", score, "one title continues the other")
    if score >= 0.85 and (support or difference is not None) and len(against) < 2:
        return Verdict("review", score, "similar titles" + (f", {' and '.join(support)}" if support else ""))
    return Verdict("different", score, "the titles differ")


def _guard(a: Item, b: Item) -> str | None:
    """Say what makes two titles certainly different, or ``None``: numbers, parts and notices."""
    if a.key == b.key:
        return None
    numbers = [Counter(token for token in item.tokens if token[0].isdigit()) for item in (a, b)]
    if numbers[0] != numbers[1]:
        odd = sorted((numbers[0] - numbers[1]) + (numbers[1] - numbers[0]))
        return f"the numbers in the titles differ ({', '.join(odd)})"
    only = [[token for token in one.tokens if token not in set(other.tokens)] for one, other in ((a, b), (b, a))]
    for token in sorted(only[0] + only[1]):
        if token in _NOTICES:
            return f"one is a notice about a paper ({token})"
        if _ROMAN.fullmatch(token) and token != "v":
            return f"the part numbers in the titles differ ({token})"
    for one in (a, b):
        for word, following in pairwise(one.tokens):
            if word in _PARTS and len(following) == 1 and (following in only[0] or following in only[1]):
                return f"the parts in the titles differ ({word} {following})"
    if any(token.endswith("+") for token in only[0] + only[1]):
        return "a name with and without +"
    return None


def _agreement(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the share of words that two abstracts have in common, seen from the shorter one; 0 if one is missing."""
    if not a or not b:
        return 0.0
    return len(a & b) / min(len(a), len(b)) if min(len(a), len(b)) > 8 else float(a == b)


def _circumstances(a: Item, b: Item) -> tuple[list[str], list[str]]:
    """Return what speaks for and what against two items with like titles being one paper."""
    support, against = [], []
    if a.abstract and b.abstract:
        agreement = _agreement(a.abstract, b.abstract)
        if agreement >= _ABSTRACT_SAME:
            support.append("abstracts agree")
        elif agreement < _ABSTRACT_OTHER:
            against.append("the abstracts differ")
    if a.code and a.code == b.code:
        support.append("code address agrees")
    if a.people and b.people:
        if _same_people(a.people, b.people):
            support.append("authors agree")
        else:
            against.append(_PEOPLE_DIFFER)
    if a.year and b.year and a.year != b.year:
        against.append(f"the years differ ({min(a.year, b.year)}, {max(a.year, b.year)})")
    if a.venue and b.venue and _publication_kind(a.venue) != _publication_kind(b.venue):
        against.append("one stands in a journal or newsletter, the other in proceedings")
    places = [(name, getattr(a, name), getattr(b, name)) for name in ("volume", "number", "pages")]
    if any(one and other and one != other for _, one, other in places):
        names = [name for name, one, other in places if one and other and one != other]
        if "pages" in names or len(names) == 2:
            against.append(f"{' and '.join(names)} differ")
    elif a.pages and a.pages == b.pages and a.year == b.year:
        support.append("first page and year agree")
    return support, against


def _same_people(a: frozenset[str], b: frozenset[str]) -> bool:
    """Tell whether two author lists can be one: half of the shorter one's names, slips in long names allowed."""
    if len(a & b) * 2 >= min(len(a), len(b)):
        return True
    close = sum(any(_is_slip(one, other) for other in b) for one in a)
    return close * 2 >= min(len(a), len(b))


def _publication_kind(venue: frozenset[str]) -> str:
    """Sort a venue, roughly, into newsletter, journal or proceedings, from the words of its name."""
    if venue & {"record", "newsletter", "bulletin", "magazine", "news"}:
        return "newsletter"
    if venue & {"journal", "j", "transactions", "trans", "annals", "letters", "tods"}:
        return "journal"
    if venue & {"conference", "conf", "proceedings", "proc", "symposium", "workshop", "congress"}:
        return "proceedings"
    return "unknown"


def _strong(a: Item, b: Item) -> bool:
    """Tell whether authors and year agree, or first page, volume and year do."""
    if not a.year or a.year != b.year:
        return False
    if a.people and b.people:
        return _same_people(a.people, b.people)
    return bool(a.pages and a.pages == b.pages and a.volume == b.volume)


def _same_place(a: Item, b: Item) -> bool:
    """Tell whether two entries stand on the same page of the same year, nothing of volume and number against it."""
    same = bool(a.pages) and a.pages == b.pages and a.year == b.year
    return same and all(
        one == other or not (one and other) for one, other in ((a.volume, b.volume), (a.number, b.number))
    )


def _difference(a: Sequence[str], b: Sequence[str]) -> str | None:
    """Name what two titles differ in if it is only stop words, or slips in long words; else ``None``."""
    found = set()
    for step in Levenshtein.opcodes(a, b):
        if step.tag == "equal":
            continue
        one, other = a[step.src_start : step.src_end], b[step.dest_start : step.dest_end]
        if all(word in _STOP_WORDS for word in (*one, *other)):
            found.add("stop words")
        elif _is_slip("".join(one), "".join(other)):
            found.add("a slip in a long word")
        else:
            return None
    return " and ".join(sorted(found))


def _is_slip(one: str, other: str) -> bool:
    """Tell whether two long words are one word mistyped or inflected: one letter in six or more, two in eleven or more.

    A prefix that turns the meaning (symmetric, asymmetric) is no slip.
    """
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 6:
        return False
    if longer.endswith((shorter, shorter[1:])):
        rest = longer.removesuffix(shorter)
        if rest in _NEGATIONS:
            return False
    if any(
        one.startswith(prefix) != other.startswith(prefix)
        for prefix in ("un", "in", "non", "hyper", "hypo", "inter", "intra", "macro", "micro")
    ):
        return False
    return OSA.distance(one, other) <= (2 if len(shorter) >= 11 else 1)


def _extends(a: Sequence[str], b: Sequence[str]) -> bool:
    """Tell whether one title is the other with words behind it (a subtitle), the shorter one being distinct itself."""
    shorter, longer = sorted(("".join(a), "".join(b)), key=len)
    return min(len(a), len(b)) >= _DISTINCT_WORDS and longer.startswith(shorter)


# --- blocking --------------------------------------------------------------------------------------------------------


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


# --- clustering ------------------------------------------------------------------------------------------------------


def match(items: Sequence[Item]) -> Matching:
    """Find which of ``items`` are one paper.

    Pairs that are ``same`` join clusters, the surest first; a join that would bring two items together which are
    ``different``, or two records that exist already, is refused and becomes ``review``.
    """
    items = _with_columns(items)
    verdicts: dict[tuple[int, int], Verdict] = {}

    def verdict_of(one: int, other: int) -> Verdict:
        pair = (min(one, other), max(one, other))
        if pair not in verdicts:
            verdicts[pair] = compare(items[pair[0]], items[pair[1]])
        return verdicts[pair]

    told = [(pair, verdict) for pair in candidates(items) if (verdict := verdict_of(*pair)).kind != "different"]
    told.sort(
        key=lambda each: (
            each[1].kind != "same",
            -each[1].score,
            sorted((items[each[0][0]].order, items[each[0][1]].order)),
        )
    )
    members: dict[int, list[int]] = {place: [place] for place in range(len(items))}
    cluster_of = list(range(len(items)))
    pairs = []
    for (a, b), verdict in told:
        if verdict.kind == "same" and cluster_of[a] != cluster_of[b]:
            one, other = members[cluster_of[a]], members[cluster_of[b]]
            if reason := _obstacle(items, one, other, verdict_of):
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


def _obstacle(items: Sequence[Item], one: list[int], other: list[int], verdict_of: object) -> str | None:
    """Say why two clusters must not become one, or ``None``."""
    records = sorted({items[place].label for place in (*one, *other) if items[place].is_record})
    if len(records) > 1:
        return f"{records[0]} and {records[1]} are two records"
    for a in one:
        for b in other:
            verdict = verdict_of(a, b)  # type: ignore[operator]
            if verdict.kind == "different":
                return f"{items[a].label} and {items[b].label} are different: {verdict.reason}"
    return None
