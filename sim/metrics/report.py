"""The interception report: what each defence line, place, channel, class and concealment level contributes.

All figures come from the sums of the replications, which are the unit of every interval. Rates are weighted as
`expected_interception` is: by what carries, class by class.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from sim.network import Network
from sim.network.tables import Floats

from .catalogue import ALL
from .forecast import forecast_count
from .interval import binomial_bounds, half_width, ratio_residuals, total
from .tally import Reduction, class_weight

REPORT_COLUMNS = ("figure", "unit", "line", "place", "channel", "class", "level", "value", "low", "high", "n")
MONTH_DAYS = 30.0
POINT = 0.01

Group = tuple[str, str, str, str, str]
"""Defence line, place, channel, class, level."""
Sums = dict[Group, Floats]
"""One number a replication, (R,)."""


def interception_report(network: Network, reductions: Sequence[Reduction], confidence: float) -> pd.DataFrame:
    """Lay interception out by line, place, channel, class and level.

    Parameters
    ----------
    network : Network
    reductions : sequence of Reduction
        R of them, at least one.
    confidence : float
        Level of the intervals, in (0, 1).

    Returns
    -------
    DataFrame
        Tidy, `REPORT_COLUMNS`. `expected_interception` and `realised_interception` are shares of carriers;
        `share_of_total` is a line's part of all that is intercepted; `point_gain` is the interception gained by one
        more point of the ratios of a place at unchanged queues; `finds_a_month` is the expected number in 30 days,
        low and high its prediction interval; `chance_of_none` the probability that there is none; `hit_rate`,
        `false_alarm_ratio`, `searches`, `officer_hours` and `cost_per_find` are those of a line or place. Empty
        where nothing is inspected.
    """
    report = _Report(network, reductions, confidence)
    frame = pd.DataFrame(list(report.rows()), columns=list(REPORT_COLUMNS))
    return frame.sort_values(list(REPORT_COLUMNS[:7]), kind="stable", ignore_index=True)


@dataclass(frozen=True)
class _Report:
    network: Network
    reductions: Sequence[Reduction]
    confidence: float

    def rows(self) -> Iterator[tuple[str | float, ...]]:
        """Yield all rows."""
        units = self.added("expected_interception", 1, _whole_way)
        if not units:
            return
        found = self.added("expected_interception", 0)
        yield from self.ratios("expected_interception", found, units)
        everything = {group: found[(ALL, ALL, *group[2:])] for group in found if group[0] != ALL}
        yield from self.ratios("share_of_total", found, everything)
        caught, carriers = self.added("realised_interception", 0), self.added("realised_interception", 1, _whole_way)
        yield from self.counts("realised_interception", caught, carriers)
        if len(self.network.level_name) > 1:
            hidden = {g: sums for g, sums in self.levels("expected_interception", 0).items() if g[4] != ALL}
            yield from self.ratios("expected_interception", hidden, self.levels("expected_interception", 1, _whole_way))
        gain = {g: POINT * sums for g, sums in self.levels("marginal_interception", 0).items() if g[4] == ALL}
        yield from self.ratios("point_gain", gain, units, lowest=-np.inf)
        yield from self.forecasts()
        yield from self.efforts()

    def added(self, metric: str, side: int, is_counted: Callable[[str], bool] | None = None) -> Sums:
        """Add up a metric of every replication by group: the numerators (side 0) or denominators (1)."""
        sums = self._blank()
        for r, reduction in enumerate(self.reductions):
            for key, pair in reduction.sums.items():
                if key[0] == metric and (is_counted is None or is_counted(key[3])):
                    for group in self.groups(key[3], key[5], ALL):
                        sums[group][r] += pair[side]
        return dict(sums)

    def levels(self, metric: str, side: int, is_counted: Callable[[str], bool] | None = None) -> Sums:
        """Add up a metric kept by level, weighted by what carries at each level; `all` levels are their sum."""
        sums = self._blank()
        carrying = class_weight(self.network)
        for r, reduction in enumerate(self.reductions):
            for key, pair in reduction.by_level.items():
                if key[0] == metric and (is_counted is None or is_counted(key[3])):
                    k, level = self.network.class_name.index(key[5]), self.network.level_name.index(key[6])
                    weight = carrying[k] * self.network.level_share[k, level]
                    for group in self.groups(key[3], key[5], key[6]):
                        sums[group][r] += weight * pair[side]
        return dict(sums)

    def _blank(self) -> defaultdict[Group, Floats]:
        return defaultdict(lambda: np.zeros(len(self.reductions)))

    def groups(self, place: str, vehicle: str, level: str) -> Iterator[Group]:
        """Name the groups that a place's, class's and level's figure counts in; `all` places are the whole way."""
        line = ALL if place == ALL else self.network.line_of_place.get(place, place)
        channel = self.network.channel[self.network.class_name.index(vehicle)] if vehicle != ALL else ALL
        where = {(line, ALL), (line, place)}
        who = {(ALL, ALL), (channel, ALL), (channel, vehicle)}
        for (at, spot), (way, kind), degree in product(where, who, {ALL, level}):
            yield at, spot, way, kind, degree

    def ratios(self, figure: str, above: Sums, below: Sums, lowest: float = 0.0) -> Iterator[tuple[str | float, ...]]:
        """Yield ratios of sums with intervals; the denominator of a place is that of the whole way if it has none."""
        pairs = {g: (x, below.get(g, below.get((ALL, ALL, *g[2:])))) for g, x in above.items()}
        kept = {g: (x, y) for g, (x, y) in pairs.items() if y is not None and y.any()}
        if not kept:
            return
        sums = tuple(np.array([pair[side] for pair in kept.values()]).T for side in (0, 1))
        value, residuals = ratio_residuals(sums[0], sums[1])
        half = half_width(residuals, self.confidence)
        for group, v, h in zip(kept, value.tolist(), half.tolist(), strict=True):
            yield (figure, "1", *group, v, max(lowest, v - h), v + h, len(self.reductions))

    def counts(self, figure: str, above: Sums, below: Sums) -> Iterator[tuple[str | float, ...]]:
        """Yield shares of counted carriers with exact binomial bounds."""
        for group, found in above.items():
            drawn = below.get(group, below.get((ALL, ALL, *group[2:]), np.zeros(1)))
            pair = [total(column[:, np.newaxis]) for column in (found, drawn)]
            if pair[1][0] > 0:
                low, high = binomial_bounds(pair[0], pair[1], self.confidence)
                value = float(pair[0][0] / pair[1][0])
                yield (figure, "1", *group, value, float(low[0]), float(high[0]), len(self.reductions))

    def forecasts(self) -> Iterator[tuple[str | float, ...]]:
        """Yield the number found in a month with its prediction interval, and the chance of none."""
        n, days = len(self.reductions), self.reductions[0].days
        for group, sums in self.added("expected_finds", 0).items():
            count = forecast_count(sums, days, MONTH_DAYS, self.confidence)
            yield ("finds_a_month", "1", *group, count.mean, count.low, count.high, n)
            if group[0] == ALL:
                yield ("chance_of_none", "1", *group, count.nothing, float("nan"), float("nan"), n)

    def efforts(self) -> Iterator[tuple[str | float, ...]]:
        """Yield hit rates, false alarms, searches, officer-hours and cost per find, line by line."""
        yield from self.counts("hit_rate", self._here("hit_rate", 0), self._here("hit_rate", 1))
        false = self._here("false_alarm_ratio", 0), self._here("false_alarm_ratio", 1)
        yield from self.ratios("false_alarm_ratio", *false)
        days = np.full(len(self.reductions), self.reductions[0].days)
        for metric, unit in (("searches", "1/day"), ("officer_hours", "h/day")):
            rows = self.ratios(metric, sums := self._here(metric, 0), dict.fromkeys(sums, days))
            yield from ((figure, unit, *rest) for figure, _, *rest in rows)
        cost, finds = self._here("cost", 0), self.added("expected_finds", 0)
        known = {group: finds[group] for group in cost if group in finds}
        rows = self.ratios("cost_per_find", {g: cost[g] for g in known}, known)
        yield from ((figure, "CNY", *rest) for figure, _, *rest in rows)

    def _here(self, metric: str, side: int) -> Sums:
        """Add up a metric over the places where something can be found; `all` is their sum."""
        places = {key[3] for r in self.reductions for key in r.by_level} - {ALL}
        sums = self.added(metric, side, places.__contains__)
        for (_, place, *who), values in list(sums.items()):
            if place != ALL:
                whole: Group = (ALL, ALL, who[0], who[1], who[2])
                sums[whole] = sums.get(whole, np.zeros(len(values))) + values
        return sums


def _whole_way(place: str) -> bool:
    return place == ALL
