"""Places on a plane for topics and papers: near is what shares words and topics; the same records give the same places.

Nothing is drawn by lot: the topics start from classical scaling of their word vectors, are moved to least stress, and
pushed apart until their papers have room; the papers then take the free places of a honeycomb around their topics.
Similarities are far from a plane's distances, so a map shows neighbourhoods and not measures. A place is a complex
number: the real part grows to the right, the imaginary one downward.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from operator import mul

Vector = Mapping[str, float]
Places = list[complex]
Matrix = Sequence[Sequence[float]]
Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""

_TURNS, _STEPS, _PULLS, _PUSHES = 60, 120, 200, 600
"""How often, at most, axes are turned, stress is lowered, discs are drawn together, and pushed apart."""
_TERMS = 500
"""How many terms tell what a topic is about: all of a topic of twenty papers, and the weightiest of a larger one."""
_STRETCH = 1.25
"""The wanted ratio of width to height."""
_LEAN = 0.3
"""How far a paper stands from its own topic's centre towards the others that its words and topics speak of."""


def centroid(vectors: Sequence[Vector]) -> dict[str, float]:
    """Return the sum of sparse vectors in its heaviest terms, scaled to unit length; ties are broken by term."""
    total: dict[str, float] = {}
    for vector in vectors:
        for term, weight in vector.items():
            total[term] = total.get(term, 0.0) + weight
    heaviest = sorted(total, key=lambda term: (-round(total[term], 9), term))[:_TERMS]
    length = math.sqrt(sum(total[term] ** 2 for term in heaviest)) or 1.0
    return {term: total[term] / length for term in heaviest}


def cosines(rows: Sequence[Vector], columns: Sequence[Vector]) -> list[list[float]]:
    """Return the dot products of sparse vectors, one row for each of ``rows``."""
    postings: dict[str, list[tuple[int, float]]] = {}
    for place, column in enumerate(columns):
        for term, weight in column.items():
            postings.setdefault(term, []).append((place, weight))
    found = []
    for row in rows:
        its = [0.0] * len(columns)
        for term, weight in row.items():
            for place, other in postings.get(term, ()):
                its[place] += weight * other
        found.append(its)
    return found


def discs(likeness: Matrix, radii: Sequence[float]) -> Places:
    """Return a centre for each disc: the more alike two are, the nearer they stand; none covers another.

    ``likeness`` is symmetric; only its order counts. ``radii`` are in the unit of the result, whose middle is 0.
    """
    count = len(radii)
    if count < 2:
        return [0j] * count
    wanted = _distances(likeness)
    places = _least_stress(_classical(wanted), wanted)
    # Room for all discs with as much between them, in a box of the wanted shape.
    spread = math.sqrt(sum(abs(place) ** 2 for place in places) / count) or 1.0
    scale = 1.5 * math.sqrt(sum(radius * radius for radius in radii)) / spread
    wide = math.sqrt(_STRETCH)
    return _apart([complex(place.real * wide, place.imag / wide) * scale for place in places], radii)


def _distances(likeness: Matrix) -> list[list[float]]:
    """Return distances from 0 to 1 by rank: the most alike pair is nearest; pairs alike to nine digits are equal."""
    count = len(likeness)
    values = [[round(likeness[max(one, other)][min(one, other)], 9) for other in range(count)] for one in range(count)]
    ranks = sorted({values[one][other] for one in range(count) for other in range(one)}, reverse=True)
    place = {value: (rank + 1) / len(ranks) for rank, value in enumerate(ranks)}
    return [[place[values[one][other]] if one != other else 0.0 for other in range(count)] for one in range(count)]


def _classical(distances: Matrix) -> Places:
    """Return Torgerson's classical scaling in two dimensions, its axes found by turning two vectors step by step.

    They need not be exact, for they are only where the lowering of stress begins.
    """
    count = len(distances)
    squares = [[distance * distance for distance in row] for row in distances]
    means = [sum(row) / count for row in squares]
    middle = sum(means) / count
    products = [
        [-0.5 * (square - means[one] - means[other] + middle) for other, square in enumerate(row)]
        for one, row in enumerate(squares)
    ]
    axes: list[list[float]] = []
    for power in (1, 2):
        axis, value = _unit([((place + 1) / count) ** power - 0.5 for place in range(count)]), 0.0
        for _ in range(_TURNS):
            turned = [sum(map(mul, row, axis)) for row in products]
            for before in axes:
                shared = sum(map(mul, before, turned)) / (sum(map(mul, before, before)) or 1.0)
                turned = [number - shared * other for number, other in zip(turned, before, strict=True)]
            value = math.sqrt(sum(map(mul, turned, turned)))
            axis = _unit(turned)
        axes.append([number * math.sqrt(value) for number in axis])
    return [complex(x, y) for x, y in zip(*axes, strict=True)]


def _unit(vector: Sequence[float]) -> list[float]:
    length = math.sqrt(sum(map(mul, vector, vector))) or 1.0
    return [number / length for number in vector]


def _least_stress(places: Places, wanted: Matrix) -> Places:
    """Return the places after steps of majorisation (SMACOF, de Leeuw 1977), each of which lowers the stress."""
    count = len(places)
    for _ in range(_STEPS):
        moved = [0j] * count
        for one in range(count):
            here, row, sum_ = places[one], wanted[one], 0j
            for other in range(one):
                between = here - places[other]
                apart = abs(between)
                if apart > 1e-9:
                    between *= row[other] / apart
                    sum_ += between
                    moved[other] -= between
            moved[one] += sum_
        before, places = places, [place / count for place in moved]
        if all(abs(one - other) < 5e-4 for one, other in zip(before, places, strict=True)):
            break
    return places


def _apart(places: Places, size: Sequence[float]) -> Places:
    """Return the places with discs drawn together to the middle and pushed apart until none covers another."""
    count = len(size)
    needed = [[one + other for other in size] for one in size]
    # Discs at one place part in directions of their own.
    places = [place + cmath.rect(1e-6, 2 * math.pi * number / count) for number, place in enumerate(places)]
    for step in range(_PULLS + _PUSHES):
        pull = 0.06 * max(0.0, 1 - step / _PULLS)
        places = [complex(place.real * (1 - pull / _STRETCH), place.imag * (1 - pull * _STRETCH)) for place in places]
        push, pushes = [0j] * count, [0] * count
        for one in range(count):
            here, row = places[one], needed[one]
            for other in range(one):
                need, between = row[other], here - places[other]
                if -need < between.real < need and -need < between.imag < need and (apart := abs(between)) < need:
                    if apart > 1e-12:
                        between *= (need - apart) / apart
                        push[one] += between
                        push[other] -= between
                    pushes[one] += 1
                    pushes[other] += 1
        places = [place + 0.45 * its / (number or 1) for place, its, number in zip(places, push, pushes, strict=True)]
        if not pull and all(abs(its) < 0.05 for its in push):
            break
    across, down = [place.real for place in places], [place.imag for place in places]
    middle = complex(min(across) + max(across), min(down) + max(down)) / 2
    return [place - middle for place in places]


def around(centres: Places, own: Sequence[int], affinity: Matrix) -> Places:
    """Return where papers would stand: at the centre of their own topic, leaning to others as they speak of them.

    ``own`` is the place of each paper's own topic among ``centres``; ``affinity`` has a row for each paper, a column
    for each topic.
    """
    found = []
    for home, row in zip(own, affinity, strict=True):
        weights = [max(weight, 0.0) for weight in row]
        total = sum(weights)
        middle = sum(map(mul, weights, centres)) / total if total > 1e-9 else centres[home]
        found.append(centres[home] + _LEAN * (middle - centres[home]))
    return found


def means(places: Places, own: Sequence[int]) -> Places:
    """Return the mean place of the points of each topic; every topic from 0 to the last has one at least."""
    sums, numbers = [0j] * (max(own) + 1), [0] * (max(own) + 1)
    for place, topic in zip(places, own, strict=True):
        sums[topic] += place
        numbers[topic] += 1
    return [total / number for total, number in zip(sums, numbers, strict=True)]


def signs(centres: Places, sizes: Sequence[tuple[float, float]]) -> Places:
    """Return places for signs of these widths and heights near the centres, moved until none covers another."""
    places, count = list(centres), len(centres)
    for _ in range(300):
        push = [0.0] * count
        for one in range(count):
            for other in range(one):
                between = places[one] - places[other]
                if abs(between.real) < (sizes[one][0] + sizes[other][0]) / 2 - 1e-9:
                    covered = (sizes[one][1] + sizes[other][1]) / 2 - abs(between.imag)
                    if covered > 1e-9:
                        covered = math.copysign(covered, between.imag) if between.imag else covered
                        push[one] += covered
                        push[other] -= covered
        if not any(push):
            break
        places = [place + 0.55j * its for place, its in zip(places, push, strict=True)]
    return places


def honeycomb(wished: Places, home: Places, pitch: float, closed: Sequence[Box]) -> Places:
    """Return a place of its own on a honeycomb for each point, as near as may be to the one it wishes for.

    No two of the result are nearer than ``pitch``, and none lies in a ``closed`` box. Those nearest to their ``home``
    choose first; ties go by order.
    """
    taken: set[complex] = set()

    @cache
    def is_open(cell: complex) -> bool:
        return not any(left < cell.real < right and top < cell.imag < bottom for left, top, right, bottom in closed)

    found = list(wished)
    far = [round(abs(wish - its), 6) for wish, its in zip(wished, home, strict=True)]
    for number in sorted(range(len(wished)), key=lambda number: far[number]):
        wish, reach = wished[number], pitch
        while True:
            cells = [
                (apart, cell.imag, cell.real, cell)
                for cell in _cells(wish, reach, pitch)
                if cell not in taken and (apart := round(abs(cell - wish), 6)) <= reach and is_open(cell)
            ]
            if cells:
                break
            reach *= 1.5
        cell = min(cells, key=lambda each: each[:3])[3]
        taken.add(cell)
        found[number] = cell
    return found


def _cells(middle: complex, reach: float, pitch: float) -> Iterator[complex]:
    """Yield the middles of the cells of a honeycomb in a square around a place."""
    rise = pitch * math.sqrt(3) / 2
    for row in range(math.floor((middle.imag - reach) / rise), math.ceil((middle.imag + reach) / rise) + 1):
        indent = row % 2 * pitch / 2
        first = math.floor((middle.real - reach - indent) / pitch)
        last = math.ceil((middle.real + reach - indent) / pitch)
        for column in range(first, last + 1):
            yield complex(column * pitch + indent, row * rise)
