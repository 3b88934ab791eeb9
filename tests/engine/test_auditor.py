"""The auditor can fail: corrupted records and broken engines must be found out."""

import copy
from collections import deque

import numpy as np
import pytest

from sim.engine import run_engine
from sim.engine.reference import harbour, station, story
from sim.errors import RecordError
from sim.policy import Relief
from sim.record import Record, audit, check_record
from tests.engine.builders import arrive, board, serve
from tests.engine.running import prepare
from tests.strategies import scenario_of


def _exponential(seconds):
    return {"any": {"family": "exponential", "mean_s": float(seconds)}}


def _busy_port():
    """Everything at once: priorities, shifts, relief, waiving, blocking, alarms, a small yard, small ships, fog."""
    relief = {"station": "gate", "above": 4, "below": 1, "factor": 0.25}
    shifts = [{"start": "00:00", "servers": 2}, {"start": "01:00", "servers": 1}, {"start": "03:00", "servers": 2}]
    steps = [
        serve("gate", 1, name="gate") | {"time": _exponential(50)},
        {
            "do": "select",
            "name": "pick",
            "ratio": {"any": 0.8},
            "relief": relief,
            "full_station": "nii",
            "otherwise": "sea",
        },
        serve("nii", 1) | {"time": _exponential(90)},
        {
            "do": "alarm",
            "name": "scan",
            "detects": {"any": {"easy": 0.95, "hard": 0.6}},
            "false_alarms": {"any": 0.3},
            "otherwise": "sea",
        },
        serve("bay", 1) | {"time": _exponential(200)},
        {**board(), "label": "sea"},
        {"do": "travel", "name": "road", "time": _exponential(60)},
        serve("exit_gate", 1) | {"time": _exponential(20)},
    ]
    ferry = {
        "ends": ["a", "b"],
        "ships": {"small": 3, "big": 3},
        "loading_berths": 2,
        "open_next_m": 3.0,
        "departure": {"a": {"rule": "rolling", "longest_wait_min": 20.0}, "b": {"rule": "at_once"}},
        "crossing": {"low_min": 20.0, "mode_min": 25.0, "high_min": 40.0},
        "closing_min": 2.0,
        "load_s": {"car": 20.0, "truck": 50.0},
        "unload_s": {"any": 20.0},
        "boarding_rank": {"car": 1, "truck": 0},
    }
    network = {
        "classes": {"car": {"deck_m": 1.0}, "truck": {"deck_m": 2.5}},
        "stations": {
            "gate": {"servers": shifts, "priority": {"car": 1, "truck": 0}, "queue_limit": 8},
            "nii": {"queue_limit": 2},
            "bay": {"queue_limit": 0},
            "exit_gate": {},
        },
        "ports": {"a": {"berths": 2, "yard_m": 12.0, "shore": "north"}, "b": {"berths": 1, "shore": "south"}},
        "ship_types": {"small": {"deck_m": 8.0, "wind_class": 7}, "big": {"deck_m": 12.0, "wind_class": 8}},
        "ferries": {"line": ferry},
        "closures": [
            {"start": "2018-01-01T02:00:00", "end": "2018-01-01T02:40:00"},
            {"start": "2018-01-01T04:00:00", "end": "2018-01-01T05:00:00", "wind_class": 7},
            {"start": "2018-01-01T02:40:00", "end": "2018-01-01T04:30:00", "ports": ["b"], "headway_min": 25.0},
        ],
        "routes": {"main": steps},
        "arrivals": {
            "car": {"route": "main", "class": "car", "rate_per_h": 40.0},
            "truck": {"route": "main", "class": "truck", "rate_per_h": 14.0},
        },
        "prevalence_per_100k": {"any": 20_000.0},
        "concealment": {"any": {"easy": 0.7, "hard": 0.3}},
    }
    return scenario_of(network, horizon_s=8 * 3600, seed=5)


def _timetable_line():
    network = {
        "ports": {"a": {"berths": 2, "shore": "north"}, "b": {"berths": 2, "shore": "south"}},
        "ship_types": {"ship": {"deck_m": 4.0}},
        "ferries": {
            "line": {
                "ends": ["a", "b"],
                "ships": {"ship": 4},
                "closing_min": 1.0,
                "departure": {"any": {"rule": "headway", "every_min": 30.0}},
                "crossing": {"low_min": 20.0, "mode_min": 20.0, "high_min": 20.0},
                "load_s": {"any": 10.0},
                "unload_s": {"any": 10.0},
            }
        },
        "routes": {"main": [board()]},
        "arrivals": {"main": arrive(*range(0, 14_000, 400))},
    }
    return scenario_of(network, horizon_s=4 * 3600)


@pytest.fixture(scope="module")
def busy():
    network, workload = prepare(_busy_port())
    record = run_engine(network, workload)
    assert audit(network, workload, record) == []
    return network, workload, record


def _queued(record: Record, slot: int = 0) -> np.ndarray:
    """Units that waited at a station and were served, in order of start."""
    serves = record.serves
    units = np.flatnonzero(
        (serves["start_tick"][slot] > serves["join_tick"][slot]) & (serves["release_tick"][slot] > 0)
    )
    return units[np.argsort(serves["start_tick"][slot][units])]


def _landed(record: Record) -> np.ndarray:
    return np.flatnonzero(record.units["landing_tick"] >= 0)


def _left(record: Record, busiest: bool = True) -> int:
    """Row of a sailing that took units and berthed."""
    rows = np.where(record.sailings["ready_tick"] >= 0, record.sailings["units"], 0)
    return int(rows.argmax())


def _swap_two_starts(record):
    one, other = _queued(record)[[3, 9]]
    start = record.serves["start_tick"][0]
    start[one], start[other] = start[other], start[one]


def _start_a_tick_late(record):
    record.serves["start_tick"][0][_queued(record)[4]] += 1


def _whole_service_late(record):
    for name in ("start_tick", "end_tick", "release_tick"):
        record.serves[name][3][_queued(record, 3)[-1]] += 1


def _whole_service_early(record):
    for name in ("start_tick", "end_tick", "release_tick"):
        record.serves[name][3][_queued(record, 3)[0]] -= 1


def _longer_service(record):
    record.serves["end_tick"][1][_queued(record, 1)[0]] += 1


def _joined_before_ready(record):
    record.serves["join_tick"][1][_queued(record, 1)[0]] -= 1


def _kept_its_server(record):
    record.serves["release_tick"][0][_queued(record)[2]] += 1


def _never_let_go(record):
    record.serves["release_tick"][0][_queued(record)[2]] = -1


def _wrong_ratio(record):
    record.selects["ratio"][0][np.flatnonzero(record.selects["ratio"][0] > 0)[3]] = 0.7


def _relief_at_the_wrong_time(record):
    ratio, chosen = record.selects["ratio"][0], record.selects["is_selected"][0]
    ratio[np.flatnonzero((ratio == 0.8) & (chosen == 0))[0]] = 0.8 * 0.25


def _answer_against_the_uniform(record):
    chosen = record.selects["is_selected"][0]
    chosen[np.flatnonzero(chosen == 0)[0]] = 1


def _full_without_a_queue(record):
    full, chosen = record.selects["is_full"][0], record.selects["is_selected"][0]
    full[np.flatnonzero((full == 0) & (chosen == 0))[0]] = 1


def _false_alarm(record):
    alarmed = record.alarms["is_alarmed"][0]
    alarmed[np.flatnonzero(alarmed == 0)[0]] = 1


def _inspected_without_selection(record):
    unit = np.flatnonzero(record.selects["is_selected"][0] == 0)[0]
    record.serves["join_tick"][1][unit] = record.serves["end_tick"][0][unit]


def _other_outcome(record):
    record.units["outcome"][np.flatnonzero(record.units["outcome"] == 1)[0]] = 2


def _vanished(record):
    unit = np.flatnonzero(record.units["outcome"] == 1)[0]
    record.units["outcome"][unit], record.units["exit_tick"][unit] = 0, -1


def _dropped_from_its_ship(record):
    unit = _landed(record)[0]
    for name in ("boarding_tick", "sailing", "landing_tick"):
        record.units[name][unit] = -1


def _on_another_ship(record):
    unit = _landed(record)[5]
    sailing = record.units["sailing"]
    sailing[unit] = sailing[_landed(record)[sailing[_landed(record)] != sailing[unit]][0]]


def _uncounted(record):
    record.sailings["units"][_left(record)] -= 1


def _miscounted_left_behind(record):
    record.sailings["left_behind"][_left(record)] += 9


def _more_than_the_deck(record):
    record.sailings["ship"][record.sailings["load_cm"].argmax()] = 0


def _two_on_the_ramp(record):
    aboard = np.flatnonzero(record.units["sailing"] == _left(record))
    order = aboard[np.argsort(record.units["boarding_tick"][aboard])]
    record.units["boarding_tick"][order[1]] = record.units["boarding_tick"][order[0]] + 1


def _left_early(record):
    record.sailings["departure_tick"][_left(record)] -= 1


def _secured_late(record):
    record.sailings["secured_tick"][_left(record)] += 1


def _arrived_late(record):
    record.sailings["arrival_tick"][_left(record)] += 1


def _berthed_late(record):
    record.sailings["berth_tick"][_left(record)] += 1


def _landed_early(record):
    record.units["landing_tick"][_landed(record)[3]] -= 1


def _renumbered(record):
    here = np.flatnonzero((record.sailings["terminal"] == 0) & (record.sailings["ordinal"] >= 0))[:2]
    record.sailings["ordinal"][here] = record.sailings["ordinal"][here][::-1]


def _in_the_yard_at_once(record):
    blocked = np.flatnonzero(record.serves["release_tick"][0] > record.serves["end_tick"][0])
    blocked = [u for u in blocked if record.units["yard_tick"][u] == record.serves["release_tick"][0][u]]
    record.units["yard_tick"][blocked[0]] = record.serves["end_tick"][0][blocked[0]]
    record.serves["release_tick"][0][blocked[0]] = record.serves["end_tick"][0][blocked[0]]


def _at_sea_at_another_place(record):
    record.sailings["terminal"][_left(record)] = 1


CORRUPTIONS = {
    _swap_two_starts: "service",
    _start_a_tick_late: "service",
    _whole_service_late: "work conservation",
    _whole_service_early: "no server overlap",
    _longer_service: "service",
    _joined_before_ready: "joining",
    _kept_its_server: "release",
    _never_let_go: "release",
    _wrong_ratio: "ratio",
    _relief_at_the_wrong_time: "replay",
    _answer_against_the_uniform: "selection",
    _full_without_a_queue: "replay",
    _false_alarm: "alarm",
    _inspected_without_selection: "route",
    _other_outcome: "exit",
    _vanished: "exit",
    _dropped_from_its_ship: "load",
    _on_another_ship: "load",
    _uncounted: "load",
    _miscounted_left_behind: "left behind",
    _more_than_the_deck: "deck",
    _two_on_the_ramp: "ramp",
    _left_early: "closure",
    _secured_late: "departure",
    _arrived_late: "crossing",
    _berthed_late: "landing",
    _landed_early: "landing",
    _renumbered: "ordinal",
    _in_the_yard_at_once: "yard",
    _at_sea_at_another_place: "boarding",
}


@pytest.mark.parametrize("corrupt", CORRUPTIONS, ids=lambda corrupt: corrupt.__name__.strip("_"))
def test_a_corrupted_record_is_found_out(busy, corrupt):
    network, workload, record = busy
    spoilt = copy.deepcopy(record)
    corrupt(spoilt)
    findings = audit(network, workload, spoilt)
    assert CORRUPTIONS[corrupt] in {finding.law for finding in findings}
    with pytest.raises(RecordError, match=r".+ at .+, .+: .+"):
        check_record(network, workload, spoilt)


def test_a_sound_record_passes(busy):
    check_record(*busy)


@pytest.mark.parametrize(("table", "column"), [("units", "exit_tick"), ("serves", "join_tick"), ("sailings", "ship")])
def test_a_record_with_a_wrong_column_is_not_read_any_further(busy, table, column):
    network, workload, record = busy
    spoilt = copy.deepcopy(record)
    spoilt.table(table)[column] = spoilt.table(table)[column].astype(np.float32)
    assert {finding.law for finding in audit(network, workload, spoilt)} == {"columns"}


class _Lifo(deque):
    """A queue from which the last comes first."""

    def popleft(self):
        return self.pop()


def _last_come_first_served(monkeypatch):
    usual = station.Station.__init__

    def build(self, clock, queue_limit, priorities):
        usual(self, clock, queue_limit, priorities)
        self.queues = [_Lifo() for _ in range(priorities)]

    monkeypatch.setattr(station.Station, "__init__", build)


def _worst_priority_first(monkeypatch):
    usual = station.Station.refill

    def refill(self):
        self.queues.reverse()
        usual(self)
        self.queues.reverse()

    monkeypatch.setattr(station.Station, "refill", refill)


def _one_server_too_many(monkeypatch):
    usual = station.Roster.__init__

    def build(self, clock, at, number, shifts):
        usual(self, clock, at, number, shifts)
        at.servers += 1

    monkeypatch.setattr(station.Roster, "__init__", build)


def _idle_servers(monkeypatch):
    def release(self):
        self.busy -= 1

    monkeypatch.setattr(station.Station, "release", release)


def _late_shifts(monkeypatch):
    def change(self, _):
        self.station.servers = self.servers
        self._wait()

    monkeypatch.setattr(station.Roster, "change", change)


def _last_blocked_first_in(monkeypatch):
    usual = station.Station.__init__

    def build(self, clock, queue_limit, priorities):
        usual(self, clock, queue_limit, priorities)
        self.blocked = _Lifo()

    monkeypatch.setattr(station.Station, "__init__", build)


def _no_queue_limit(monkeypatch):
    usual = station.Station.__init__
    monkeypatch.setattr(
        station.Station, "__init__", lambda self, clock, _, priorities: usual(self, clock, -1, priorities)
    )


def _no_hysteresis(monkeypatch):
    def see(self, waiting):
        self.is_on = waiting >= self.above

    monkeypatch.setattr(Relief, "see", see)


def _server_let_go_at_once(monkeypatch):
    usual = station.Station.serve

    def serve_after(self, unit):
        unit.let_go()
        usual(self, unit)

    monkeypatch.setattr(station.Station, "serve", serve_after)


def _alarms_of_carriers_only(monkeypatch):
    usual = story.Teller.is_alarmed

    def is_alarmed(self, unit, step):
        unit.carries = True
        return usual(self, unit, step)

    monkeypatch.setattr(story.Teller, "is_alarmed", is_alarmed)


def _nothing_well_hidden(monkeypatch):
    usual = story.Teller.is_alarmed

    def is_alarmed(self, unit, step):
        unit.level = 0
        return usual(self, unit, step)

    monkeypatch.setattr(story.Teller, "is_alarmed", is_alarmed)


def _ignored_closures(monkeypatch):
    monkeypatch.setattr(harbour.Harbour, "is_stopped", lambda self, terminal, ship: False)


def _ignored_headways(monkeypatch):
    monkeypatch.setattr(harbour.Harbour, "headway", lambda self, terminal, ship: 0)


def _headways_a_tick_too_long(monkeypatch):
    usual = harbour.Harbour.headway

    def headway(self, terminal, ship):
        ticks = usual(self, terminal, ship)
        return ticks + 1 if ticks else 0

    monkeypatch.setattr(harbour.Harbour, "headway", headway)


def _slots_kept_after_the_reopening(monkeypatch):
    usual = harbour.Harbour.resume

    def resume(self):
        waiting = [[ship for ship in port.held if ship.slot >= 0] for port in self.ports]
        for port in self.ports:
            port.held = [ship for ship in port.held if ship.slot < 0]
        usual(self)
        for port, ships in zip(self.ports, waiting, strict=True):
            port.held += ships

    monkeypatch.setattr(harbour.Harbour, "resume", resume)


def _stopped_ships_opened(monkeypatch):
    usual = harbour.Terminal.open_next

    def open_next(self):
        self.harbour.active, active = set(), self.harbour.active
        is_open = usual(self)
        self.harbour.active = active
        return is_open

    monkeypatch.setattr(harbour.Terminal, "open_next", open_next)


def _nothing_opened_while_any_closure_lasts(monkeypatch):
    usual = harbour.Terminal.open_next
    monkeypatch.setattr(harbour.Terminal, "open_next", lambda self: not self.harbour.active and usual(self))


def _no_boarding_rank(monkeypatch):
    usual = harbour.Terminal.next_unit

    def next_unit(self, room_cm):
        self.rank = [0] * len(self.rank)
        return usual(self, room_cm)

    monkeypatch.setattr(harbour.Terminal, "next_unit", next_unit)


def _deck_without_end(monkeypatch):
    usual = harbour.Terminal.next_unit
    monkeypatch.setattr(harbour.Terminal, "next_unit", lambda self, room_cm: usual(self, room_cm + 150))


def _yard_without_end(monkeypatch):
    usual = harbour.Port.__init__

    def build(self, berths, yard_cm):
        usual(self, berths, yard_cm + 100 if yard_cm >= 0 else yard_cm)

    monkeypatch.setattr(harbour.Port, "__init__", build)


def _one_berth_too_many(monkeypatch):
    usual = harbour.Port.__init__
    monkeypatch.setattr(harbour.Port, "__init__", lambda self, berths, yard_cm: usual(self, berths + 1, yard_cm))


def _nobody_let_into_the_yard(monkeypatch):
    monkeypatch.setattr(harbour.Harbour, "_admit", lambda self, port: False)


def _no_closing_time(monkeypatch):
    def close(self, ship):
        self.loading.remove(ship)
        self.harbour.leave(ship)

    monkeypatch.setattr(harbour.Terminal, "close", close)


def _one_loading_place_too_many(monkeypatch):
    usual = harbour.Terminal.open_next

    def open_next(self):
        self.loading_berths = 3
        self.open_next_cm = 0
        self.port.free_berths += 1
        is_open = usual(self)
        self.port.free_berths -= 1
        return is_open

    monkeypatch.setattr(harbour.Terminal, "open_next", open_next)


def _wrong_order_of_landing(monkeypatch):
    usual = harbour.Harbour.unload

    def unload(self, ship):
        ship.aboard.reverse()
        usual(self, ship)

    monkeypatch.setattr(harbour.Harbour, "unload", unload)


BROKEN = [
    _last_come_first_served,
    _worst_priority_first,
    _one_server_too_many,
    _idle_servers,
    _late_shifts,
    _last_blocked_first_in,
    _no_queue_limit,
    _no_hysteresis,
    _server_let_go_at_once,
    _alarms_of_carriers_only,
    _nothing_well_hidden,
    _ignored_closures,
    _ignored_headways,
    _headways_a_tick_too_long,
    _slots_kept_after_the_reopening,
    _stopped_ships_opened,
    _nothing_opened_while_any_closure_lasts,
    _no_boarding_rank,
    _deck_without_end,
    _yard_without_end,
    _one_berth_too_many,
    _nobody_let_into_the_yard,
    _no_closing_time,
    _one_loading_place_too_many,
    _wrong_order_of_landing,
]


@pytest.mark.parametrize("spoil", BROKEN, ids=lambda spoil: spoil.__name__.strip("_"))
def test_a_broken_engine_is_found_out(busy, spoil, monkeypatch):
    network, workload, _ = busy
    spoil(monkeypatch)
    assert audit(network, workload, run_engine(network, workload)) != []


def _too_early(monkeypatch):
    usual = harbour.TimetableClerk.__init__

    def build(self, of, terminal, departures):
        usual(self, of, terminal, [tick - 1 for tick in departures])

    monkeypatch.setattr(harbour.TimetableClerk, "__init__", build)


def _every_other_departure(monkeypatch):
    usual = harbour.TimetableClerk.__init__
    monkeypatch.setattr(
        harbour.TimetableClerk, "__init__", lambda self, of, terminal, ticks: usual(self, of, terminal, ticks[::2])
    )


@pytest.mark.parametrize("spoil", [_too_early, _every_other_departure], ids=lambda spoil: spoil.__name__.strip("_"))
def test_a_broken_timetable_is_found_out(spoil, monkeypatch):
    network, workload = prepare(_timetable_line())
    assert audit(network, workload, run_engine(network, workload)) == []
    spoil(monkeypatch)
    assert "departure" in {f.law for f in audit(network, workload, run_engine(network, workload))}
