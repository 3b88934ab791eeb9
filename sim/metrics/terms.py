"""What each unit adds to the estimators of interception when it counts once, in one array.

So a replication takes the units that it has, each in one piece, and adds all of it up, in one go.
"""

from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from sim.network.tables import Flags, Floats

from .passages import Draws

At = tuple[int, ...]
"""Positions of lines on a route, rising: a history."""
Past = dict[At, Floats]
"""Positions of lines, to the weighted probability at the last of them, of units inspected at the others: (L, n)."""


class Parts(NamedTuple):
    """Views of the values of terms."""

    expected: Floats
    """(P, L, n) contributions to q"""
    risen: Floats
    """(P, L, n) carriers that a higher ratio reaches"""
    past: Floats
    """(M, L, n) weighted probability at the last line of each history, of those inspected at the others"""
    reach: Floats
    """(2, P, L, n) carriers that come to the draw, twice the same"""
    worth: Floats
    """(2, P, L, n) what the later lines intercept of them, by the odds of having been selected, and of not"""
    chance: Floats
    """(2, P, n) probability that the unit was selected, and that it was not, of those that were; else infinite"""
    detects: Floats
    """(P, L, n)"""


class Terms(NamedTuple):
    """What each of n units adds to the estimators when it counts once, at P lines and L levels; M histories."""

    lines: int
    levels: int
    ways: tuple[At, ...]
    """(M,) histories"""
    values: Floats
    """(n, columns) those of `Parts`, one after the other"""

    @property
    def size(self) -> int:
        """Lines times levels."""
        return self.lines * self.levels

    @property
    def chance_column(self) -> int:
        """First column of `Parts.chance`."""
        return 6 * self.size + len(self.ways) * self.levels

    def parts(self) -> Parts:
        """Tell which column is what; writing to it writes to the values."""
        lines, levels, rows = self.lines, self.levels, self.values.T
        shapes = ((lines, levels), (lines, levels), (len(self.ways), levels), *2 * ((2, lines, levels),), (2, lines))
        found, start = [], 0
        for shape in (*shapes, (lines, levels)):
            end = start + prod(shape)
            found.append(rows[start:end].reshape(*shape, rows.shape[1]))
            start = end
        return Parts(*found)

    def beside(self, other: "Terms") -> "Terms":
        """Put other units beside these; where these or the others have fewer lines, nothing happens at the rest."""
        if self[:3] == other[:3]:
            return self._replace(values=np.concatenate([self.values, other.values]))
        return laid_out([self, other], max(self.lines, other.lines), self.levels)


def terms_of(draws: Sequence[Draws], shape: tuple[int, int]) -> Terms:
    """Work out what units add to the estimators; draws by line, of so many levels and units."""
    past: Past = {}
    _add_histories([(line.weight * line.probability, line.was_inspected) for line in draws], (), np.ones(()), past)
    terms = _blank(len(draws), shape[0], tuple(past), shape[1])
    mine, later, unseen = terms.parts(), _later(draws, shape), np.ones(shape)
    for row, values in zip(mine.past, past.values(), strict=True):
        row[:] = values
    for number, line in enumerate(draws):
        p, is_drawn = line.probability, line.is_drawn & (line.probability < 1)
        mine.expected[number] = line.weight * unseen * p * line.detects
        mine.detects[number] = line.detects
        mine.reach[:, number] = reach = line.prior * unseen
        mine.risen[number] = reach * line.rise * is_drawn
        for row, (group, share) in enumerate(((line.was_inspected, p), (~line.was_inspected, 1 - p))):
            mine.chance[row, number] = np.where(is_drawn & group, share, np.inf)
            mine.worth[row, number] = unseen * later[number + 1] / np.where(line.odds[row] > 0, line.odds[row], 1)
        unseen = unseen * np.where(line.was_inspected, 1 - line.detects, 1.0)
    return terms


def laid_out(groups: Iterable[Terms], lines: int, levels: int, ways: Iterable[At] = ()) -> Terms:
    """Put several groups of units beside each other, for so many lines and levels, and at least these histories.

    Where a group has fewer lines, nothing happens at the others.
    """
    groups = list(groups)
    all_ways = {*ways, *(way for group in groups for way in group.ways), *((line,) for line in range(lines))}
    whole = _blank(lines, levels, tuple(sorted(all_ways)), sum(len(group.values) for group in groups))
    mine, start = whole.parts(), 0
    for group in groups:
        its, here = group.parts(), slice(start, start + len(group.values))
        mine.past[[whole.ways.index(way) for way in group.ways], :, here] = its.past
        for name in ("expected", "risen", "detects"):
            getattr(mine, name)[: group.lines, :, here] = getattr(its, name)
        for name in ("reach", "worth", "chance"):
            getattr(mine, name)[:, : group.lines, ..., here] = getattr(its, name)
        start = here.stop
    return whole


def _blank(lines: int, levels: int, ways: tuple[At, ...], units: int) -> Terms:
    """Make terms of units to which nothing happens."""
    terms = Terms(lines, levels, ways, np.zeros((units, 0)))
    first = terms.chance_column
    values = np.zeros((units, first + 2 * lines + terms.size))
    values[:, first : first + 2 * lines] = np.inf
    return terms._replace(values=values)


def _add_histories(chances: Sequence[tuple[Floats, Flags]], lines: At, inspected: Floats, past: Past) -> None:
    """Add the lines after a history, of units (n,) that were inspected at the lines so far (1, else 0)."""
    for number in range(lines[-1] + 1 if lines else 0, len(chances)):
        chance, was_inspected = chances[number]
        here = chance * inspected
        # Exclusive branches of one line meet in no unit.
        if not lines or here.any():
            past[*lines, number] = here
        there = inspected * was_inspected
        if there.any():
            _add_histories(chances, (*lines, number), there, past)


def _later(draws: Sequence[Draws], shape: tuple[int, int]) -> list[Floats]:
    """What lines from each on intercept of a unit not removed before: (L, n) each, weights included; 0 at the end."""
    later = [np.zeros(shape)]
    for line in reversed(draws):
        here = line.weight * line.probability * line.detects
        later.append(here + np.where(line.was_inspected, 1 - line.detects, 1.0) * later[-1])
    return later[::-1]
