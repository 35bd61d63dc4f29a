"""Which pairs of items are worth comparing: those that share a block, found by sorting checksums.

Checksums lie in arrays of numbers, so that a million items cost megabytes and seconds. A block is an identifier; the
title in comparable form, its beginning, its end, what it is without its subtitle or its kind of text; its words without
one of them; two of its rarest words; the authors and the year; the beginning of the abstract. Checksums are those of
the texts (CRC-32), so that neither the order of the input nor Python's hash seed decides.
"""

from __future__ import annotations

import itertools
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generator.matching.items import GENRE_WORDS, STOP_WORDS, Item

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.uint64]

BLOCK_CAP = 40
"""In a block of more items only neighbours, in the order of their titles, are paired: the cost stays near-linear."""
_NEIGHBOURS = 6
_EDGE = 20  # bytes of a title's beginning or end
_RARE = 3
_LEAST_WORDS = 3  # without one of fewer words, a title says nothing
BLOCKS = {
    "identifier": "an identifier",
    "title": "the title, or the title without its subtitle or kind of text",
    "start": "the beginning of the title",
    "end": "the end of the title",
    "words": "all words of the title but one",
    "rare": "two of the rarest words of the title",
    "people": "the authors and the year",
    "abstract": "the beginning of the abstract",
}
"""The kinds of blocks, and what two items have in common that share one."""


def ranked(items: Sequence[Item]) -> list[int]:
    """Return the places of the items in the order of their titles; labels break ties."""
    orders = [item.order for item in items]
    return sorted(range(len(items)), key=orders.__getitem__)


def candidates(items: Sequence[Item], order: Sequence[int] | None = None) -> Iterator[tuple[int, int]]:
    """Yield the pairs worth comparing, each once, as sorted places in ``items``; ``order`` is their :func:`ranked`."""
    order = ranked(items) if order is None else order
    yield from zip(*(side.tolist() for side in _pairs(items, order)), strict=True)


def _pairs(items: Sequence[Item], order: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs worth comparing as two arrays of places, the first always the smaller."""
    import numpy as np  # a tenth of a second that other commands need not pay

    found = [_within(hashes, ranks) for hashes, ranks in _blocks(items, order).values()]
    packed = np.unique(np.concatenate([each for family in found for each in family] or [np.empty(0, np.uint64)]))
    places = np.asarray(order, np.int64)
    one = places[(packed >> np.uint64(32)).astype(np.int64)]
    other = places[(packed & np.uint64(0xFFFFFFFF)).astype(np.int64)]
    a, b = np.minimum(one, other), np.maximum(one, other)
    by_place = np.lexsort((b, a))
    return a[by_place], b[by_place]


def shared(items: Sequence[Item], one: int, other: int) -> tuple[list[str], bool]:
    """Return the kinds of blocks that two items share, and whether they are paired in one of them."""
    order = ranked(items)
    rank = {order.index(one), order.index(other)}
    kinds, paired = [], False
    for kind, (hashes, ranks) in _blocks(items, order).items():
        theirs = [set(hashes[ranks == each].tolist()) for each in rank]
        if len(theirs) == 2 and theirs[0] & theirs[1]:
            kinds.append(kind)
            wanted = (min(rank) << 32) | max(rank)
            paired = paired or any(bool((each == wanted).any()) for each in _within(hashes, ranks))
    return kinds, paired


def _blocks(items: Sequence[Item], order: Sequence[int]) -> dict[str, tuple[Numbers, Numbers]]:
    """Return for each kind of block the checksums, and beside each the rank of the item that bears it."""
    import numpy as np

    hashes = {kind: array("Q") for kind in BLOCKS}
    ranks = {kind: array("Q") for kind in BLOCKS}
    crc = zlib.crc32

    def put(kind: str, rank: int, *texts: str) -> None:
        for text in texts:
            hashes[kind].append(crc(text.encode("utf-8", "replace")))
            ranks[kind].append(rank)

    rank_of = np.empty(len(items), np.uint64)
    rank_of[np.asarray(order, np.int64)] = np.arange(len(items), dtype=np.uint64)
    for item, rank in zip(items, rank_of.tolist(), strict=True):
        if item.key:
            key = item.key.encode("utf-8", "replace")
            for kind, edge in (("title", key), ("start", key[:_EDGE]), ("end", key[-_EDGE:])):
                hashes[kind].append(crc(edge))
                ranks[kind].append(rank)
            if stems := item.stems:
                put("title", rank, *stems)
        if item.identifiers:
            put("identifier", rank, *(f"{scheme}:{value}" for scheme, value in item.identifiers.items()))
        if item.year and item.authors:
            put("people", rank, f"{item.year}:{'|'.join(sorted(item.families))}")
        if item.abstract_start:
            hashes["abstract"].append(item.abstract_start)
            ranks["abstract"].append(rank)
    words, owners, vocabulary = _words([item.tokens for item in items])
    for place in np.unique(owners[_marked(vocabulary, GENRE_WORDS)[words]]).tolist():
        item = items[place]
        if (work := item.work[0]) != item.key:
            put("title", int(rank_of[place]), work)
    found = {
        kind: (np.frombuffer(hashes[kind], np.uint64), np.frombuffer(ranks[kind], np.uint64))
        for kind in BLOCKS
        if hashes[kind]
    }
    telling = ~_marked(vocabulary, STOP_WORDS)[words]
    sums = _mixed(np.fromiter((crc(word.encode("utf-8", "replace")) for word in vocabulary), np.uint64))
    return found | _word_blocks(words[telling], rank_of[owners[telling]], sums, len(items))


def _words(titles: Sequence[Sequence[str]]) -> tuple[NDArray[np.int64], NDArray[np.int64], list[str]]:
    """Return the words of all titles in a row, as numbers; beside each the place of its title; the words numbered."""
    import numpy as np

    numbers: defaultdict[str, int] = defaultdict(itertools.count().__next__)
    words = np.fromiter(map(numbers.__getitem__, itertools.chain.from_iterable(titles)), np.int64)
    lengths = np.fromiter(map(len, titles), np.int64, len(titles))
    return words, np.repeat(np.arange(len(titles)), lengths), list(numbers)


def _marked(vocabulary: Sequence[str], words: frozenset[str]) -> NDArray[np.bool_]:
    """Tell for each word of a vocabulary whether it is one of ``words``."""
    import numpy as np

    return np.fromiter((word in words for word in vocabulary), np.bool_, len(vocabulary))


def _mixed(numbers: Numbers) -> Numbers:
    """Spread numbers over 64 bits, so that sums of a few of them rarely meet (splitmix64, public domain)."""
    import numpy as np

    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _word_blocks(
    words: NDArray[np.int64], ranks: Numbers, sums: Numbers, count: int
) -> dict[str, tuple[Numbers, Numbers]]:
    """Return the blocks of all words but one, and of two rare words; ``words`` are those of all items in a row."""
    import numpy as np

    lengths = np.bincount(ranks.astype(np.int64), minlength=count)
    each = sums[words]
    whole = np.zeros(count, np.uint64)
    np.add.at(whole, ranks, each)
    enough = lengths[ranks] >= _LEAST_WORDS
    some = np.flatnonzero(lengths >= _LEAST_WORDS).astype(np.uint64)
    but_one = np.concatenate([whole[some], whole[ranks[enough]] - each[enough]])
    found = {"words": (but_one, np.concatenate([some, ranks[enough]]))}

    frequency = np.bincount(words, minlength=len(sums))
    rare = np.flatnonzero((frequency[words] > 1) & (frequency[words] <= max(200, count // 500)))
    if not rare.size:
        return found
    by_rarity = np.lexsort((sums, frequency))
    rarity = np.empty_like(sums)
    rarity[by_rarity] = np.arange(len(sums), dtype=np.uint64)
    packed = np.sort((ranks[rare] << np.uint64(32)) | rarity[words[rare]])
    owner, mark = packed >> np.uint64(32), sums[by_rarity[packed & np.uint64(0xFFFFFFFF)]]
    first = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
    position = np.arange(rare.size) - np.repeat(first, np.diff(np.append(first, rare.size)))
    hashes, owners = [], []
    for gap in range(1, _RARE):
        left = np.flatnonzero((position[: rare.size - gap] + gap < _RARE) & (owner[gap:] == owner[: rare.size - gap]))
        hashes.append(mark[left] + mark[left + gap])
        owners.append(owner[left])
    found["rare"] = (np.concatenate(hashes), np.concatenate(owners))
    return found


def _within(hashes: Numbers, ranks: Numbers) -> Iterator[Numbers]:
    """Yield the pairs of ranks that share a checksum, both in one number, the smaller rank in its upper half."""
    import numpy as np

    if not hashes.size:
        return
    order = np.argsort(hashes)
    hashes, ranks = hashes[order], ranks[order]
    same = hashes[1:] == hashes[:-1]
    several = np.append(same, False) | np.append(False, same)  # most are alone with their checksum
    hashes, ranks = hashes[several], ranks[several]
    order = np.lexsort((ranks, hashes))
    hashes, ranks = hashes[order], ranks[order]
    first = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))
    sizes = np.diff(np.append(first, hashes.size))
    # How many of the items behind it each one is paired with.
    left = np.repeat(first + sizes, sizes) - 1
    inside = np.arange(hashes.size)
    reach = np.minimum(left - inside, np.repeat(np.where(sizes > BLOCK_CAP, _NEIGHBOURS, sizes), sizes))
    gap = 1
    while (alive := inside[reach >= gap]).size:
        one, other = ranks[alive], ranks[alive + gap]
        yield ((one << np.uint64(32)) | other)[one != other]
        inside, reach = alive, reach[reach >= gap]
        gap += 1
