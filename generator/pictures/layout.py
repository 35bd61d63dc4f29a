"""Places on a plane for topics and papers: near is what shares words and topics; the same records give the same places.

Nothing is drawn by lot: the topics start from classical scaling of their word vectors, are moved to least stress, and
pushed apart until their papers have room; the papers then take the free places of a honeycomb around their topics.
Similarities are far from a plane's distances, so a map shows neighbourhoods and not measures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Vector = Mapping[str, float]
Points = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""

_STEPS = 300
_LEAN = 0.3
"""How far a paper stands from its own topic's centre towards the others that its words and topics speak of."""


def centroid(vectors: Sequence[Vector]) -> dict[str, float]:
    """Return the sum of sparse vectors, scaled to unit length; terms are added in sorted order."""
    total: dict[str, float] = {}
    for vector in vectors:
        for term, weight in vector.items():
            total[term] = total.get(term, 0.0) + weight
    length = sum(total[term] ** 2 for term in sorted(total)) ** 0.5 or 1.0
    return {term: total[term] / length for term in sorted(total)}


def cosines(rows: Sequence[Vector], columns: Sequence[Vector]) -> Points:
    """Return the dot products of sparse vectors, one row for each of ``rows``."""
    found = np.zeros((len(rows), len(columns)))
    postings: dict[str, list[tuple[int, float]]] = {}
    for place, column in enumerate(columns):
        for term, weight in column.items():
            postings.setdefault(term, []).append((place, weight))
    for place, row in enumerate(rows):
        for term, weight in row.items():
            for other, its in postings.get(term, ()):
                found[place, other] += weight * its
    return found


def discs(likeness: Points, radii: Sequence[float], stretch: float = 1.25) -> Points:
    """Return a centre for each disc: the more alike two are, the nearer they stand; none covers another.

    ``likeness`` is symmetric; only its order counts. ``radii`` are in the unit of the result, whose middle is (0, 0);
    ``stretch`` is the wanted ratio of width to height.
    """
    size = np.asarray(radii, dtype=float)
    count = len(size)
    if count < 2:
        return np.zeros((count, 2))
    wanted = _distances(likeness)
    places = _least_stress(_classical(wanted), wanted)
    # Room for all discs with as much between them, in a box of the wanted shape.
    places *= np.sqrt((size**2).sum()) * 1.5 / (np.sqrt((places**2).sum(axis=1).mean()) or 1.0)
    places[:, 0] *= np.sqrt(stretch)
    places[:, 1] /= np.sqrt(stretch)
    return _apart(places, size, stretch)


def _distances(likeness: Points) -> Points:
    """Return distances from 0 to 1 by rank: the most alike pair is nearest; pairs alike to nine digits are equal."""
    count = len(likeness)
    upper = np.triu_indices(count, 1)
    values = np.round(likeness[upper], 9)
    _, ranks = np.unique(-values, return_inverse=True)
    found = np.zeros((count, count))
    found[upper] = (ranks + 1) / (ranks.max() + 1)
    return found + found.T


def _classical(distances: Points) -> Points:
    """Return Torgerson's classical scaling in two dimensions; the heaviest coordinate of each axis is positive."""
    count = len(distances)
    centring = np.eye(count) - 1 / count
    values, vectors = np.linalg.eigh(-0.5 * centring @ distances**2 @ centring)
    axes = vectors[:, ::-1][:, :2] * np.sqrt(np.maximum(values[::-1][:2], 0))
    if axes.shape[1] < 2:
        axes = np.column_stack([axes, np.zeros(count)])
    heaviest = np.argmax(np.round(np.abs(axes), 9), axis=0)
    signs = np.sign(axes[heaviest, range(2)])
    return np.asarray(axes * np.where(signs == 0, 1, signs))


def _least_stress(places: Points, wanted: Points) -> Points:
    """Return the places after steps of majorisation (SMACOF, de Leeuw 1977), each of which lowers the stress."""
    count = len(places)
    for _ in range(_STEPS):
        apart = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))
        ratio = np.divide(wanted, apart, out=np.zeros_like(wanted), where=apart > 1e-9)
        transform = -ratio
        transform[range(count), range(count)] = ratio.sum(axis=1)
        places = transform @ places / count
    return places


def _apart(places: Points, size: Points, stretch: float) -> Points:
    """Return the places with discs drawn together to the middle and pushed apart until none covers another."""
    count = len(size)
    needed = size[:, None] + size[None]
    np.fill_diagonal(needed, 0)
    # Discs at one place part in directions of their own.
    turn = 2 * np.pi * np.arange(count) / count
    places = places + 1e-6 * np.column_stack([np.cos(turn), np.sin(turn)])
    for step in range(4 * _STEPS):
        pull = 0.02 * max(0.0, 1 - step / (2 * _STEPS))
        places = places - pull * places * np.array([1 / stretch, stretch])
        between = places[:, None] - places[None]
        apart = np.sqrt((between**2).sum(axis=2))
        overlap = np.maximum(needed - apart, 0)
        unit = np.divide(between, apart[:, :, None], out=np.zeros_like(between), where=apart[:, :, None] > 1e-12)
        places = (
            places + 0.45 * (overlap[:, :, None] * unit).sum(axis=1) / np.maximum((overlap > 0).sum(axis=1), 1)[:, None]
        )
    return np.asarray(places - (places.max(axis=0) + places.min(axis=0)) / 2)


def around(centres: Points, own: Sequence[int], affinity: Points) -> Points:
    """Return where papers would stand: at the centre of their own topic, leaning to others as they speak of them.

    ``own`` is the place of each paper's own topic among ``centres``; ``affinity`` has a row for each paper, a column
    for each topic.
    """
    home = centres[list(own)]
    weights = np.maximum(affinity, 0)
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(home + _LEAN * (weights @ centres - home * weights.sum(axis=1, keepdims=True)))


def means(places: Points, own: Sequence[int]) -> Points:
    """Return the mean place of the points of each topic; every topic from 0 to the last has one at least."""
    sums = np.zeros((max(own) + 1, 2))
    np.add.at(sums, list(own), places)
    return np.asarray(sums / np.bincount(own)[:, None])


def signs(centres: Points, sizes: Sequence[tuple[float, float]]) -> Points:
    """Return places for signs of these widths and heights near the centres, moved until none covers another."""
    places, size = centres.copy(), np.asarray(sizes, dtype=float).reshape(-1, 2)
    for _ in range(_STEPS):
        between = places[:, None] - places[None]
        overlap = (size[:, None] + size[None]) / 2 - np.abs(between)
        np.fill_diagonal(overlap[:, :, 1], 0)
        pushed = np.where((overlap > 1e-9).all(axis=2), overlap[:, :, 1], 0)
        if not pushed.any():
            break
        order = np.arange(len(places))
        upward = np.where(between[:, :, 1] == 0, np.sign(order[:, None] - order[None]), np.sign(between[:, :, 1]))
        places[:, 1] += (0.55 * pushed * upward).sum(axis=1)
    return places


def honeycomb(wished: Points, home: Points, pitch: float, closed: Sequence[Box]) -> Points:
    """Return a place of its own on a honeycomb for each point, as near as may be to the one it wishes for.

    No two of the result are nearer than ``pitch``, and none lies in a ``closed`` box. Those
    nearest to their ``home`` choose first; ties go by order.
    """
    if not len(wished):
        return wished
    reach = pitch * (4 + np.sqrt(len(wished) + len(closed) * 12))
    low, high = wished.min(axis=0) - reach, wished.max(axis=0) + reach
    rise = pitch * np.sqrt(3) / 2
    rows = np.arange(int(low[1] // rise), int(high[1] // rise) + 1)
    columns = np.arange(int(low[0] // pitch), int(high[0] // pitch) + 1)
    free = np.array([(column * pitch + row % 2 * pitch / 2, row * rise) for row in rows for column in columns])
    for left, top, right, bottom in closed:
        inside = (free[:, 0] > left) & (free[:, 0] < right) & (free[:, 1] > top) & (free[:, 1] < bottom)
        free = free[~inside]
    distance = np.round(np.sqrt(((wished - home) ** 2).sum(axis=1)), 6)
    taken = np.zeros(len(free), dtype=bool)
    found = np.zeros_like(wished)
    for place in np.argsort(distance, kind="stable"):
        to_cells = np.round(((free - wished[place]) ** 2).sum(axis=1), 6)
        to_cells[taken] = np.inf
        cell = int(np.argmin(to_cells))
        taken[cell] = True
        found[place] = free[cell]
    return found
