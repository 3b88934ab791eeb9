"""Counting with numpy, one source after the other: needs no compiler. `compiled` counts the same, much faster."""

from collections import defaultdict

import numpy as np

from sim.network import COMPLETED, REMOVED, Network
from sim.network.tables import Flags, Ints
from sim.record import Record
from sim.units import TICKS_PER_HOUR
from sim.workload import Workload

from .counts import Counts, Way, Ways, blank_sums, known_ways
from .histogram import histogram_of, packed
from .path import Path, trace_path, units_by_source
from .plan import Plan
from .tally import highest, integral


def count_plainly(network: Network, workload: Workload, record: Record, plan: Plan) -> Counts:
    """Count what happened in a record, source by source.

    Parameters
    ----------
    network : Network
    workload : Workload
    record : Record
        Of that workload.
    plan : Plan
        Of that network.
    """
    counter = _Counter(network, workload, record, plan)
    for source, units in enumerate(units_by_source(network, workload)):
        counter.take_source(trace_path(network, workload, record, source, units))
    return counter.counts()


class _Counter:
    def __init__(self, network: Network, workload: Workload, record: Record, plan: Plan) -> None:
        self.network = network
        self.workload = workload
        self.record = record
        self.plan = plan
        self.window = (network.window_tick, network.window_end_tick)
        self.sums = blank_sums(network, plan)
        self.spans: dict[int, list[Ints]] = defaultdict(list)
        self.levels: dict[int, list[tuple[Ints, Ints]]] = defaultdict(list)
        self.outside: dict[int, list[tuple[Ints, Ints, Ints]]] = defaultdict(list)
        self.ways: list[dict[Way, int]] = []

    def in_window(self, ticks: Ints) -> Flags:
        """Tell which instants lie in the window."""
        return np.asarray((ticks >= self.window[0]) & (ticks < self.window[1]))

    def add_spans(self, row: int, ticks: Ints) -> None:
        """Add spans (n,) in ticks."""
        if row >= 0 and len(ticks):
            self.spans[row].append(ticks)
            self.sums.spans[row, :2] += (len(ticks), ticks.sum())

    def take_source(self, path: Path) -> None:
        """Count all that concerns the units of one source."""
        cohort = self.in_window(self.record.units["arrival_tick"][path.units])
        self._flows(path, cohort)
        self._yard(path, cohort)
        self._visits(path, cohort)
        self._answers(path, cohort)
        self._carriers(path, cohort)

    def _flows(self, path: Path, cohort: Flags) -> None:
        i, rows, sums = path.source, self.plan.rows, self.sums
        arrival, landing, leave = (self.record.units[f"{n}_tick"][path.units] for n in ("arrival", "landing", "exit"))
        completed = leave[self.record.units["outcome"][path.units] == COMPLETED]
        for row, ticks in zip(rows.moments[:, i], (arrival, landing, completed), strict=True):
            hour = (ticks[self.in_window(ticks)] - self.window[0]) // TICKS_PER_HOUR
            sums.moments[row] += np.bincount(hour, minlength=sums.moments.shape[1])
        gone = np.where(leave >= 0, leave, self.network.horizon_tick)
        sums.hours[rows.inside[i]] += integral(arrival, gone, self.plan.edges)
        finished = cohort & (leave >= 0)
        carries = self.workload.carries_violation[path.units]
        seen = ((arrival < self.window[1]) & (gone >= self.window[1]), cohort & (leave < 0), carries & cohort, cohort)
        sums.units[i] += [flags.sum() for flags in (*seen, finished & ~carries)]
        self.add_spans(rows.time[i], (leave - arrival)[finished])
        ashore = np.where(path.inland >= 0, path.inland, leave)
        self.add_spans(rows.crossing[i], (ashore - arrival)[cohort & (ashore >= 0)])

    def _yard(self, path: Path, cohort: Flags) -> None:
        i, rows = path.source, self.plan.rows
        enter, board = (self.record.units[f"{n}_tick"][path.units] for n in ("yard", "boarding"))
        self.add_spans(rows.dwell[i], (board - enter)[cohort & (board >= 0)])
        waits = enter >= 0
        if waits.any():
            self._queue(rows.yard[i], enter[waits], np.where(board >= 0, board, self.network.horizon_tick)[waits])

    def _queue(self, row: int, begin: Ints, end: Ints) -> None:
        self.levels[row].append((begin, end))
        self.sums.hours[row] += integral(begin, end, self.plan.edges)

    def _visits(self, path: Path, cohort: Flags) -> None:
        i, stops, horizon = path.source, self.plan.stops, self.network.horizon_tick
        delay = np.zeros((len(self.plan.lines), len(path.units)), np.int64)
        passed = np.zeros(delay.shape, np.bool_)
        first = self.plan.first[i] - self.network.sources.first_step[i]
        window = np.array(self.window)
        for visit in path.visits:
            e = first + visit.step
            started = cohort[visit.at] & (visit.start >= 0)
            self.add_spans(stops.wait[e], (visit.start - visit.ready)[started])
            freed = cohort[visit.at] & (visit.release >= 0)
            self.add_spans(stops.blocked[e], (visit.release - visit.end)[freed])
            begun, done = visit.start >= 0, visit.end >= 0
            start, end = np.where(begun, visit.start, horizon), np.where(done, visit.end, horizon)
            waited = (visit.join >= 0) & (visit.join < start)
            self._queue(stops.queue[e], visit.join[waited], start[waited])
            self.sums.busy[visit.station] += integral(visit.start[begun], end[begun], window).sum()
            row = stops.outside[e]
            if row >= 0:
                self.sums.outside[row] += integral(visit.ready, start, window).sum()
                # Whole centimetres only where no tick multiplies them: a year of ticks times centimetres passes int64.
                length = round(100 * float(self.network.queue_m[self.plan.tailbacks[row][1]]))
                out = visit.ready < start
                self.outside[visit.station].append((visit.ready[out], start[out], np.full(int(out.sum()), length)))
            if stops.line[e] >= 0:
                delay[stops.line[e]][visit.at[done]] += (visit.end - visit.ready)[done]
                passed[stops.line[e]][visit.at] = True
        for choice in path.choices:
            e, counted = first + choice.step, cohort[choice.at]
            flags = (counted, counted & choice.is_selected, counted & choice.is_selected & choice.is_full)
            self.sums.choices[e] += [f.sum() for f in flags]
            if stops.line[e] >= 0:
                passed[stops.line[e]][choice.at] = True
        finished = cohort & (self.record.units["exit_tick"][path.units] >= 0)
        for row, ticks, here in zip(self.plan.rows.delay[i], delay, passed & finished, strict=True):
            self.add_spans(row, ticks[here])
        self.add_spans(self.plan.rows.all_delays[i], delay.sum(axis=0)[finished & passed.any(axis=0)])

    def _answers(self, path: Path, cohort: Flags) -> None:
        first = self.plan.first[path.source] - self.network.sources.first_step[path.source]
        innocent = ~self.workload.carries_violation[path.units]
        for answer in path.answers:
            counted = cohort[answer.at]
            clean = counted & innocent[answer.at]
            flags = (counted, counted & answer.is_alarmed, clean, clean & answer.is_alarmed)
            self.sums.answers[first + answer.step] += [f.sum() for f in flags]

    def _carriers(self, path: Path, cohort: Flags) -> None:
        """Count the carriers that were found, and the ways of the innocent units."""
        i, units, levels = path.source, path.units, len(self.network.level_name)
        first = self.plan.first[i] - self.network.sources.first_step[i]
        finished = cohort & (self.record.units["exit_tick"][units] >= 0)
        carries = self.workload.carries_violation[units]
        hidden, removed = self.workload.concealment[units], self.record.units["outcome"][units] == REMOVED
        self.sums.guilty[i] += np.bincount(hidden[finished & carries], minlength=levels)
        self.sums.removed[i] += np.bincount(hidden[finished & carries & removed], minlength=levels)
        for answer in path.answers:
            if answer.is_search:
                found = answer.at[answer.is_alarmed & (finished & carries & removed)[answer.at]]
                self.sums.caught[first + answer.step] += np.bincount(hidden[found], minlength=levels)
        self.ways.append(_ways(path, int(first), finished & ~carries))

    def counts(self) -> Counts:
        """Close the books."""
        sums, window = self.sums, self.window
        histograms = [
            histogram_of(np.concatenate(self.spans[r])) if r in self.spans else None for r in range(len(sums.spans))
        ]
        sums.spans[:, 2] = [-1 if h is None else h.maximum for h in histograms]
        most = np.full(len(self.plan.hours), -1, np.int64)
        most[self.plan.levels.start :] = 0
        most[self.plan.rows.yard] = -1
        for row, parts in self.levels.items():
            begin, end = (np.concatenate(column) for column in zip(*parts, strict=True))
            most[row] = highest(begin, end, window)
        tailback = np.zeros(len(self.network.stations.name), np.int64)
        for station, rows in self.outside.items():
            begin, end, length = (np.concatenate(column) for column in zip(*rows, strict=True))
            tailback[station] = highest(begin, end, window, length)
        return Counts(sums, packed(histograms), most, tailback, _in_order(self.ways))


def _in_order(ways: list[dict[Way, int]]) -> Ways:
    found = [
        ((source, way), units) for source, of_source in enumerate(ways) for way, units in sorted(of_source.items())
    ]
    known = known_ways([way for way, _ in found])
    return Ways(known, known.order, np.array([units for _, units in found], np.int64))


def _ways(path: Path, first: int, counted: Flags) -> dict[Way, int]:
    """Count units by the decisions that they met."""
    met = [(choice.step, choice.at, choice.is_selected + 2 * choice.is_full, choice.ratio) for choice in path.choices]
    met += [(step, at, np.zeros(len(at), np.int64), np.zeros(len(at))) for step, at in path.boards]
    ways: list[Way] = [()]
    way = np.zeros(len(path.units), np.int64)
    for step, at, answer, ratio in sorted(met, key=lambda decision: decision[0]):
        seen = counted[at]
        there, ratios = at[seen], np.unique(ratio[seen])
        code = (way[there] * 4 + answer[seen]) * len(ratios) + np.searchsorted(ratios, ratio[seen])
        codes = np.unique(code)
        way[there] = len(ways) + np.searchsorted(codes, code)
        for number in codes.tolist():
            before, last = divmod(number, 4 * len(ratios))
            answered, r = divmod(last, len(ratios))
            ways.append((*ways[before], (first + step, answered, float(ratios[r]))))
    counts = np.bincount(way[counted], minlength=len(ways)).tolist()
    return {way: count for way, count in zip(ways, counts, strict=True) if count}
