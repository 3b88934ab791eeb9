"""Ships of one tick: the auditor accepts every order that the record leaves open, and no other."""

import numpy as np
import pytest

from sim.engine import run_engine
from sim.engine.reference import harbour
from sim.record import audit
from tests.engine.builders import board, crossing, rolling, small
from tests.engine.builders import strait as two_ports
from tests.engine.running import prepare, run

MINUTE = 60_000


def _closure(start, end, **more):
    return {"start": f"2018-01-01T00:{start}:00", "end": f"2018-01-01T00:{end}:00", **more}


def _sea(departure, **more):
    """At port a lie two small ships and a big one, in this order; they leave a minute apart, small ones not in a gale."""
    sea = two_ports(departure, **more)
    sea["ship_types"] = {"small": {"deck_m": 2.0, "wind_class": 7}, "big": {"deck_m": 2.0, "wind_class": 8}}
    sea["ferries"]["line"]["ships"] = {"small": 3, "big": 3}
    closures = [_closure("00", "59", headway_min=1.0), _closure("01", "05", wind_class=7)]
    return {**sea, "closures": closures, "horizon_s": 1200}


def _shuttles():
    return small({}, [board()], **_sea({"any": {"rule": "at_once"}}))


def _full_at_once(closing_min):
    """Three ships load, and are full, at the start."""
    return crossing(_sea(rolling(60), loading_berths=3, closing_min=closing_min), *([0] * 6))


def _full_ships_of_one_tick():
    return _full_at_once(0.0)


def _closed_ships_of_one_tick():
    return _full_at_once(0.5)


def _empty_ship_on_time():
    """The first ship opens as the closure ends, and leaves empty at the listed departure of that tick; then units come."""
    sea = two_ports({"any": {"rule": "headway", "every_min": 1.0}}, ships=4, load_s={"any": 60.0})
    return crossing(sea, 60, 60, 60, 60, closures=[_closure("00", "01")], horizon_s=1200)


@pytest.mark.parametrize("case", [_shuttles, _full_ships_of_one_tick, _closed_ships_of_one_tick])
def test_a_ship_that_loses_its_slot_to_a_gale_is_no_finding(case):
    rows = [row for row in run(case()).sailings("terminal", "ship", "secured_tick", "departure_tick") if row[0] == 0]
    assert [(ship, departure) for _, ship, _, departure in rows[:3]] == [(0, rows[0][2]), (2, 300), (4, rows[2][3])]
    assert len({secured for _, _, secured, _ in rows[:3]}) == 1
    assert rows[2][3] == rows[0][3] + 120


def _turns_exchanged(case):
    """As if the big ship had come before the second small one: it leaves at that one's slot, two minutes to one."""
    network, workload = prepare(case())
    record = run_engine(network, workload)
    row = int(np.flatnonzero((record.sailings["terminal"] == 0) & (record.sailings["ship"] == 4))[0])
    for column in ("departure_tick", "arrival_tick", "berth_tick", "ready_tick"):
        record.sailings[column][row] -= MINUTE
    return {finding.law for finding in audit(network, workload, record)}


@pytest.mark.parametrize("case", [_shuttles, _closed_ships_of_one_tick])
def test_an_order_that_the_record_tells_is_kept(case):
    assert "closure" in _turns_exchanged(case)


def test_an_order_that_the_record_does_not_tell_is_no_finding():
    assert "closure" not in _turns_exchanged(_full_ships_of_one_tick)


def test_a_ship_that_leaves_empty_as_it_opens_takes_the_listed_departure():
    rows = run(_empty_ship_on_time()).sailings("terminal", "open_tick", "secured_tick", "units")
    assert rows[0] == (0, 60, 60, 0)
    assert next(row for row in rows if row[0] == 0 and row[3]) == (0, 60, 180, 2)


def _last_come_first_out(monkeypatch):
    usual = harbour.Harbour.resume

    def resume(self):
        for port in self.ports:
            port.held.reverse()
        usual(self)

    monkeypatch.setattr(harbour.Harbour, "resume", resume)


def _slots_that_no_closure_takes(monkeypatch):
    def take_slot(self, ship):
        ship.slot = -1
        ship.terminal.port.held.remove(ship)
        self.depart(ship)
        self.settle(ship.terminal.port)

    monkeypatch.setattr(harbour.Harbour, "take_slot", take_slot)


def _slots_that_are_never_given_anew(monkeypatch):
    usual = harbour.Harbour.resume

    def resume(self):
        for port in self.ports:
            port.free_tick = port.next_slot
        usual(self)

    monkeypatch.setattr(harbour.Harbour, "resume", resume)


def _many_turns():
    """Four ships for each end; they become full one after the other, wait for slots, and a closure ends in between."""
    closures = [_closure("00", "59", headway_min=5.0), _closure("04", "12"), _closure("20", "24")]
    sea = two_ports(rolling(60), ships=8, load_s={"any": 20.0})
    return crossing(sea, *([0] * 12), closures=closures, horizon_s=3600)


@pytest.mark.parametrize(
    "spoil",
    [_last_come_first_out, _slots_that_no_closure_takes, _slots_that_are_never_given_anew],
    ids=lambda spoil: spoil.__name__.strip("_"),
)
def test_a_broken_turn_is_found_out(spoil, monkeypatch):
    network, workload = prepare(_many_turns())
    assert audit(network, workload, run_engine(network, workload)) == []
    spoil(monkeypatch)
    assert "closure" in {finding.law for finding in audit(network, workload, run_engine(network, workload))}


def _boarding_after_the_listed_departure(monkeypatch):
    usual = harbour.Terminal.load

    def load(self):
        for ship in self.loading:
            unit = self.next_unit(ship.room_cm) if ship.is_due and not ship.is_ramp_busy and self.waiting_cm else None
            if unit is not None:
                self.take_aboard(ship, unit)
        return usual(self)

    monkeypatch.setattr(harbour.Terminal, "load", load)


def test_boarding_a_ship_that_is_due_is_found_out(monkeypatch):
    network, workload = prepare(_empty_ship_on_time())
    _boarding_after_the_listed_departure(monkeypatch)
    found = {finding.law for finding in audit(network, workload, run_engine(network, workload))}
    assert found & {"due", "departure"}
