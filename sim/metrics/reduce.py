"""One replication to sums: every metric of the catalogue at its finest level."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from sim.network import COMPLETED, REMOVED, DepartureRule, Network
from sim.network.tables import Flags, Floats, Ints
from sim.record import Record, route_steps
from sim.scenario import value_for
from sim.scenario.run import Cost
from sim.units import TICKS_PER_DAY, TICKS_PER_HOUR
from sim.workload import Workload

from .catalogue import ALL, INTERCEPTION_SUM, NONE
from .closed import closed_spans
from .histogram import histogram_of
from .interception import expected_sums, history_sums, marginal_gains
from .passages import Passage, line_steps, passages
from .path import Choice, Path, is_ferried, stations_of, trace_path, units_by_source
from .tally import Key, Reduction, Tally, class_weight, highest, integral

__all__ = ["reduce_replication"]


def reduce_replication(network: Network, workload: Workload, record: Record, cost: Cost | None = None) -> Reduction:
    """Reduce one replication to the sums that all metrics are made of.

    Parameters
    ----------
    network : Network
    workload : Workload
    record : Record
        Of that workload.
    cost : Cost, optional
        Unit prices; without them there are no cost metrics.

    Returns
    -------
    Reduction
        Of times, inspection and interception over the units that arrived in the window; of flows, queues and
        utilisation over the window itself.
    """
    reducer = _Reducer(network, workload, record)
    for source, units in enumerate(units_by_source(network, workload)):
        reducer.take_source(trace_path(network, workload, record, source, units))
    reducer.take_stations()
    reducer.take_sailings()
    if cost is not None:
        reducer.take_costs(cost)
    tally = reducer.tally
    return Reduction(
        days=(network.window_end_tick - network.window_tick) / TICKS_PER_DAY,
        sums={key: (pair[0], pair[1]) for key, pair in tally.sums.items()},
        histograms={key: histogram_of(np.concatenate(parts)) for key, parts in tally.spans.items()},
        maxima=tally.maxima,
        hourly={key: (pair[0], pair[1]) for key, pair in tally.hourly.items()},
        by_level={key: (pair[0], pair[1]) for key, pair in tally.by_level.items()},
        history={key: (pair[0], pair[1]) for key, pair in tally.history.items()},
    )


class _Reducer:
    """Walks through a record source by source, then station by station."""

    def __init__(self, network: Network, workload: Workload, record: Record) -> None:
        self.network = network
        self.workload = workload
        self.record = record
        self.window = (network.window_tick, network.window_end_tick)
        hours = -(-(self.window[1] - self.window[0]) // TICKS_PER_HOUR)
        self.edges = np.minimum(self.window[0] + np.arange(hours + 1) * TICKS_PER_HOUR, self.window[1])
        self.tally = Tally(hours)
        self.lines_by_direction: dict[str, list[str]] = {}
        for direction in sorted({*network.sources.direction}):
            there = [i for i in self.sources if network.sources.direction[i] == direction]
            found = {self.line_of(step) for i in there for step in line_steps(network, i)}
            self.lines_by_direction[direction] = sorted(found)
        self.lines = sorted({line for lines in self.lines_by_direction.values() for line in lines})
        self.weight = class_weight(network)
        self.queues: dict[tuple[int, str], list[tuple[Ints, Ints]]] = defaultdict(list)
        self.services: dict[int, list[tuple[Ints, Ints]]] = defaultdict(list)
        self.outside: dict[int, list[tuple[Ints, Ints, int]]] = defaultdict(list)
        self.yards: dict[tuple[str, str], list[tuple[Ints, Ints]]] = defaultdict(list)

    @property
    def sources(self) -> range:
        """Rows of the sources table."""
        return range(len(self.network.sources.name))

    def line_of(self, step: int) -> str:
        """Place of a selection, or its own name where it has none."""
        return self.network.steps.place[step] or self.network.steps.name[step]

    def in_window(self, ticks: Ints) -> Flags:
        """Tell which instants lie in the window."""
        return np.asarray((ticks >= self.window[0]) & (ticks < self.window[1]))

    def key(self, metric: str, source: int, port: str) -> Key:
        """Key of a figure of a source's units; port empty: of no port."""
        sources = self.network.sources
        k = self.network.class_name[sources.vehicle_class[source]]
        return (metric, sources.direction[source], port or NONE, ALL, ALL, k)

    def flow_key(self, metric: str, source: int, port: str) -> Key:
        """Key of a figure of a source's flow; a channel without a ferry is a direction of its own."""
        name, key = self.network.sources.name[source], self.key(metric, source, port)
        return (metric, name, *key[2:]) if name in self.network.channel_title["en"] else key

    def step_place(self, path: Path, step: int) -> tuple[str, str, str, str]:
        """Direction, port, place and post that the figures of a step belong to."""
        steps, direction = self.network.steps, self.network.sources.direction[path.source]
        return direction, steps.port[step] or NONE, steps.place[step], steps.post[step]

    def post_key(self, metric: str, station: int, direction: str, vehicle: str) -> Key:
        """Key of a figure at a station."""
        table = self.network.stations
        return (metric, direction, table.port[station] or NONE, table.place[station], table.name[station], vehicle)

    def take_source(self, path: Path) -> None:
        """Add up all that concerns the units of one source."""
        cohort = self.in_window(self.record.units["arrival_tick"][path.units])
        self._flows(path, cohort)
        self._visits(path, cohort)
        self._choices(path, cohort)
        self._answers(path, cohort)
        self._interception(path, cohort)

    def _flows(self, path: Path, cohort: Flags) -> None:
        sources, units, tally = self.network.sources, self.record.units, self.tally
        i = path.source
        origin, destination = sources.origin[i], sources.destination[i]
        arrival, landing, leave = (units[n][path.units] for n in ("arrival_tick", "landing_tick", "exit_tick"))
        outcome = units["outcome"][path.units]
        moments = (
            ("arrivals", origin, arrival),
            ("landings", destination, landing),
            ("completions", destination, leave[outcome == COMPLETED]),
        )
        for metric, port, ticks in moments:
            seen = ticks[self.in_window(ticks)]
            tally.add(self.flow_key(metric, i, port), len(seen))
            tally.add_hours(self.flow_key(metric, i, port), np.histogram(seen, self.edges)[0].astype(np.float64))
        gone = np.where(leave >= 0, leave, self.network.horizon_tick)
        end = self.window[1]
        tally.add(self.flow_key("backlog", i, origin), ((arrival < end) & (gone >= end)).sum())
        tally.add(self.flow_key("unfinished", i, origin), (leave[cohort] < 0).sum())
        inside = integral(arrival, gone, self.edges) / TICKS_PER_HOUR
        tally.add(self.flow_key("in_system", i, origin), inside.sum())
        tally.add_hours(self.flow_key("in_system", i, origin), inside)
        finished = cohort & (leave >= 0)
        tally.add_spans(self.flow_key("time_in_system", i, origin), (leave - arrival)[finished])
        if is_ferried(self.network, i):
            ashore = np.where(path.inland >= 0, path.inland, leave)
            through = cohort & (ashore >= 0)
            tally.add_spans(self.flow_key("crossing_time", i, origin), (ashore - arrival)[through])
        tally.add(self.key("carriers", i, origin), self.workload.carries_violation[path.units][cohort].sum())
        self._yard(path, cohort, origin)

    def _yard(self, path: Path, cohort: Flags, origin: str) -> None:
        enter, board = (self.record.units[f"{n}_tick"][path.units] for n in ("yard", "boarding"))
        is_aboard = cohort & (board >= 0)
        if (enter >= 0).any():
            self.tally.add_spans(self.flow_key("yard_dwell", path.source, origin), (board - enter)[is_aboard])
            waits = enter >= 0
            till = np.where(board[waits] >= 0, board[waits], self.network.horizon_tick)
            self.yards[origin or NONE, self.network.sources.direction[path.source]].append((enter[waits], till))

    def _visits(self, path: Path, cohort: Flags) -> None:
        i, horizon = path.source, self.network.horizon_tick
        direction = self.network.sources.direction[i]
        k = int(self.network.sources.vehicle_class[i])
        vehicle = self.network.class_name[k]
        delays = {line: np.zeros(len(path.units), np.int64) for line in self.lines}
        passed = {line: np.zeros(len(path.units), np.bool_) for line in self.lines}
        first = next(iter(stations_of(self.network, i)), -1)
        for visit in path.visits:
            s = visit.station
            started = cohort[visit.at] & (visit.start >= 0)
            self.tally.add_spans(self.post_key("wait", s, direction, vehicle), (visit.start - visit.ready)[started])
            freed = cohort[visit.at] & (visit.release >= 0)
            self.tally.add_spans(self.post_key("blocked", s, direction, vehicle), (visit.release - visit.end)[freed])
            joined, begun = visit.join >= 0, visit.start >= 0
            start = np.where(begun, visit.start, horizon)
            self.queues[s, direction].append((visit.join[joined], start[joined]))
            end = np.where(visit.end >= 0, visit.end, horizon)
            self.services[s].append((visit.start[begun], end[begun]))
            if s == first:
                self.outside[s].append((visit.ready, start, k))
            line = self.network.stations.place[s]
            if line in delays:
                done = visit.end >= 0
                delays[line][visit.at[done]] += (visit.end - visit.ready)[done]
                passed[line][visit.at] = True
        posted = {self.network.stations.place[s] for s in stations_of(self.network, i)}
        for choice in path.choices:
            line = self.network.steps.place[choice.step]
            if line in passed and line in posted:
                passed[line][choice.at] = True
        self._delays(path, cohort, delays, passed)

    def _delays(self, path: Path, cohort: Flags, delays: dict[str, Ints], passed: dict[str, Flags]) -> None:
        """Add up the inspection delay of each line, and of all lines together."""
        finished = cohort & (self.record.units["exit_tick"][path.units] >= 0)
        _, direction, _, _, _, vehicle = self.key("", path.source, "")
        for line, ticks in delays.items():
            here = finished & passed[line]
            if here.any():
                port = self._port_of_line(path, line)
                self.tally.add_spans(("inspection_delay", direction, port, line, ALL, vehicle), ticks[here])
        some = finished & np.any([*passed.values()], axis=0) if passed else np.zeros(len(finished), np.bool_)
        if some.any():
            total = np.sum([*delays.values()], axis=0)
            self.tally.add_spans(("inspection_delay", direction, NONE, ALL, ALL, vehicle), total[some])

    def _port_of_line(self, path: Path, line: str) -> str:
        steps = self.network.steps
        ports = (steps.port[p] for p in route_steps(self.network, path.source) if steps.place[p] == line)
        return next(ports, "") or NONE

    def _choices(self, path: Path, cohort: Flags) -> None:
        for choice in path.choices:
            if self.network.steps.place[choice.step]:
                self._choice(path, choice, cohort[choice.at])

    def _choice(self, path: Path, choice: Choice, counted: Flags) -> None:
        vehicle = self.key("", path.source, "")[5]
        place = (*self.step_place(path, choice.step)[:3], ALL, vehicle)
        selected = int((choice.is_selected & counted).sum())
        waived = int((choice.is_selected & choice.is_full & counted).sum())
        eligible = int(counted.sum())
        self.tally.add(("selected_ratio", *place), selected, eligible)
        self.tally.add(("inspected_ratio", *place), selected - waived, eligible)
        self.tally.add(("waived_ratio", *place), waived, selected)

    def _answers(self, path: Path, cohort: Flags) -> None:
        vehicle = self.key("", path.source, "")[5]
        innocent = ~self.workload.carries_violation[path.units]
        for answer in path.answers:
            direction, port, line, post = self.step_place(path, answer.step)
            if not post:
                continue
            counted, alarmed = cohort[answer.at], answer.is_alarmed
            place = (direction, port, line, ALL, vehicle)
            if self.network.steps.is_flag[answer.step]:
                key = ("flagged_ratio", direction, port, line, post, vehicle)
                self.tally.add(key, (counted & alarmed).sum(), counted.sum())
                continue
            if answer.is_search:
                self.tally.add(("searches", *place), counted.sum())
                self.tally.add(("hit_rate", *place), (counted & alarmed).sum(), counted.sum())
                continue
            here = (direction, port, line, post, vehicle)
            self.tally.add(("alarm_ratio", *here), (counted & alarmed).sum(), counted.sum())
            clean = counted & innocent[answer.at]
            self.tally.add(("false_alarm_ratio", *here), (clean & alarmed).sum(), clean.sum())

    def _interception(self, path: Path, cohort: Flags) -> None:
        i = path.source
        places = self.lines_by_direction[self.network.sources.direction[i]]
        if not places:
            return
        finished = cohort & (self.record.units["exit_tick"][path.units] >= 0)
        carries = self.workload.carries_violation[path.units]
        innocent, guilty = finished & ~carries, finished & carries
        levels, share = self.network.level_name, self.network.level_share[self.network.sources.vehicle_class[i]]
        lines = passages(self.network, path)
        expected = self._by_place(lines, expected_sums(lines, innocent), places)
        gains = self._by_place(lines, marginal_gains(lines, innocent), places)
        removed, caught = self.record.units["outcome"][path.units] == REMOVED, self._caught_at(path)
        nobody = np.zeros_like(removed)
        hidden = self.workload.concealment[path.units]
        n, counts = int(innocent.sum()), np.full(len(levels), innocent.sum())
        for name, sums in {ALL: np.sum([*expected.values()], axis=0), **expected}.items():
            found = guilty & removed & (True if name == ALL else caught.get(name, nobody))
            place = (*self.key("", i, self.network.sources.origin[i])[1:3], name, ALL, self.key("", i, "")[5])
            self._total(i, place, (float(share @ sums), n, int(cohort.sum())))
            self.tally.add(("realised_interception", *place), found.sum(), guilty.sum())
            self.tally.add_levels(("expected_interception", *place), levels, sums, counts)
            seen = [np.bincount(hidden[flags], minlength=len(levels)) for flags in (found, guilty)]
            self.tally.add_levels(("realised_interception", *place), levels, seen[0], seen[1])
            if name != ALL:
                self.tally.add_levels(("marginal_interception", *place), levels, gains[name], counts)
        self._histories(i, history_sums(lines, innocent), n)

    def _by_place(self, lines: Sequence[Passage], sums: Floats, places: Sequence[str]) -> dict[str, Floats]:
        """Add the sums of lines (lines, L) up by place; a class that passes no line of a place counts with 0."""
        found = {place: np.zeros(len(self.network.level_name)) for place in places}
        for line, values in zip(lines, sums, strict=True):
            found[self.line_of(line.step)] += values
        return found

    def _total(self, i: int, place: tuple[str, str, str, str, str], figures: tuple[float, int, int]) -> None:
        """Add what is expected of the innocent units of a source, all levels together."""
        expected, innocent, cohort = figures
        k = self.network.sources.vehicle_class[i]
        weight, prevalence = self.weight[k], self.network.prevalence[k]
        self.tally.add(("expected_interception", *place), weight * expected, weight * innocent)
        self.tally.add(("expected_finds", *place), prevalence * expected / max(1, innocent) * cohort)

    def _histories(self, i: int, sums: Sequence[Mapping[str, float]], units: int) -> None:
        """Keep the sums from which interception follows for any detection."""
        key = self.key(INTERCEPTION_SUM, i, self.network.sources.origin[i])
        for level, by_line in zip(self.network.level_name, sums, strict=True):
            for names, value in by_line.items():
                pair = self.tally.history[*key[:4], names, key[5], level]
                pair[0] += value
                pair[1] += units

    def _caught_at(self, path: Path) -> dict[str, Flags]:
        """Tell at which place each unit was found."""
        caught: dict[str, Flags] = {}
        for answer in path.answers:
            place = self.network.steps.place[answer.step]
            if answer.is_search and place:
                flags = caught.setdefault(place, np.zeros(len(path.units), np.bool_))
                flags[answer.at[answer.is_alarmed]] = True
        return caught

    def take_stations(self) -> None:
        """Add up queues, use and staff of every station, and the yards."""
        for (s, direction), parts in self.queues.items():
            begin, end = (np.concatenate(column) for column in zip(*parts, strict=True))
            self._queue(self.post_key("queue_length", s, direction, ALL), begin, end)
        for (port, direction), parts in self.yards.items():
            begin, end = (np.concatenate(column) for column in zip(*parts, strict=True))
            self._queue(("queue_length", direction, port, "yard", f"{port}/yard", ALL), begin, end)
        for s in range(len(self.network.stations.name)):
            self._use(s)
        for s, rows in self.outside.items():
            begin, end = np.concatenate([b for b, _, _ in rows]), np.concatenate([e for _, e, _ in rows])
            # Whole centimetres only where no tick multiplies them: a year of ticks times centimetres passes int64.
            length = np.concatenate([np.full(len(b), round(100 * self.network.queue_m[k])) for b, _, k in rows])
            key = self.post_key("tailback", s, ALL, ALL)
            metres = [integral(b, e, self.edges).sum() * self.network.queue_m[k] for b, e, k in rows]
            self.tally.add(key, sum(metres) / TICKS_PER_HOUR)
            self.tally.maxima[key] = highest(begin, end, self.window, length) / 100

    def _queue(self, key: Key, begin: Ints, end: Ints) -> None:
        waiting = integral(begin, end, self.edges) / TICKS_PER_HOUR
        self.tally.add(key, waiting.sum())
        self.tally.add_hours(key, waiting)
        self.tally.maxima[key] = highest(begin, end, self.window)

    def _use(self, s: int) -> None:
        table = self.network.stations
        shifts = slice(table.shift_pointer[s], table.shift_pointer[s + 1])
        ticks = np.append(table.shift_tick[shifts], self.network.horizon_tick)
        open_hours = np.diff(np.clip(ticks, *self.window)) @ table.shift_servers[shifts] / TICKS_PER_HOUR
        parts = self.services.get(s, [])
        busy = sum(int(integral(b, e, np.array(self.window)).sum()) for b, e in parts) / TICKS_PER_HOUR
        self.tally.add(self.post_key("utilisation", s, ALL, ALL), busy, open_hours)
        self.tally.add(self.post_key("officer_hours", s, ALL, ALL), open_hours * table.officers_per_server[s])

    def take_sailings(self) -> None:
        """Add up the departures in the window, terminal by terminal."""
        sailings, table = self.record.sailings, self.network.terminals
        seen = self.in_window(sailings["departure_tick"])
        for t in range(len(table.service)):
            here = seen & (sailings["terminal"] == t)
            loaded = here & (sailings["units"] > 0)
            if table.rule[t] != DepartureRule.AT_ONCE or here.any():
                place = (table.direction[t], self.network.ports.name[table.port[t]], ALL, table.service[t], ALL)
                self._sailings(place, here, loaded)
                self._closed(place, t)

    def _sailings(self, place: tuple[str, str, str, str, str], here: Flags, loaded: Flags) -> None:
        sailings = self.record.sailings
        hour = sailings["departure_tick"][loaded]
        count = np.histogram(hour, self.edges)[0].astype(np.float64)
        deck = self.network.ships.deck_cm[sailings["ship"][loaded]].astype(np.float64)
        figures = {
            "vehicles_per_sailing": (sailings["units"][loaded], np.ones(len(hour))),
            "load_factor": (sailings["load_cm"][loaded], deck),
            "left_behind": (sailings["left_behind"][loaded], np.ones(len(hour))),
        }
        self.tally.add(("sailings", *place), loaded.sum())
        self.tally.add(("empty_sailings", *place), (here & ~loaded).sum())
        self.tally.add_hours(("sailings", *place), count)
        for metric, (above, below) in figures.items():
            self.tally.add((metric, *place), above.sum(), below.sum())
            hours = [np.histogram(hour, self.edges, weights=w)[0].astype(np.float64) for w in (above, below)]
            self.tally.add_hours((metric, *place), *hours)

    def _closed(self, place: tuple[str, str, str, str, str], terminal: int) -> None:
        begin, end = closed_spans(self.network, self.workload.closures, terminal)
        hours = np.diff(self.edges) / TICKS_PER_HOUR
        closed = integral(begin, end, self.edges) / TICKS_PER_HOUR
        self.tally.add(("closed_ratio", *place), closed.sum(), hours.sum())
        self.tally.add_hours(("closed_ratio", *place), closed, hours)

    def take_costs(self, cost: Cost) -> None:
        """Price the officer-hours and the inspection delay of the lines."""
        finds = sum(pair[0] for key, pair in self.tally.sums.items() if key[0] == "expected_finds" and key[3] == ALL)
        bill: dict[str, float] = dict.fromkeys(self.lines, 0.0)
        for key, (total, _) in list(self.tally.sums.items()):
            if key[3] not in bill:
                continue
            if key[0] == "officer_hours":
                bill[key[3]] += total * cost.officer_hour_cny
            elif key[0] == "inspection_delay":
                bill[key[3]] += total / 60 * (value_for(cost.delay_vehicle_hour_cny, key[5]) or 0.0)
        for line, amount in bill.items():
            self.tally.add(("cost", ALL, ALL, line, ALL, ALL), amount)
        if bill:
            self.tally.add(("cost_per_find", ALL, ALL, ALL, ALL, ALL), sum(bill.values()), finds)
