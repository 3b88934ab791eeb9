"""Broken rules that only show where ships are not full: the auditor must find them out on a quiet port."""

import copy

import pytest

from sim.engine import run_engine
from sim.engine.reference import harbour, story
from sim.record import audit
from tests.engine.builders import arrive, board, rolling, serve, strait
from tests.engine.running import differences, prepare
from tests.strategies import scenario_of


@pytest.fixture(scope="module")
def quiet():
    """Bursts of units that all want aboard, decks that are never full, a search whose full queue waives."""
    times = [200 * burst * 10 + 7 * unit for burst in range(8) for unit in range(6)]
    steps = [
        {"do": "select", "name": "pick", "ratio": {"any": 0.7}, "full_station": "bay", "otherwise": "sea"},
        serve("bay", 100),
        {**board(), "label": "sea"},
    ]
    network = {
        "stations": {"bay": {"queue_limit": 1}},
        "routes": {"main": steps},
        "arrivals": {"main": arrive(*times)},
        **strait(rolling(2), ships=6, deck_m=10.0, load_s={"any": 50.0}, unload_s={"any": 10.0}, closing_min=1.0),
    }
    network, workload = prepare(scenario_of(network, horizon_s=8 * 3600))
    record = run_engine(network, workload)
    assert audit(network, workload, record) == []
    return network, workload, record


def _no_longest_wait(monkeypatch):
    monkeypatch.setattr(harbour.Deadline, "strike", lambda self, _: None)


def _ships_wait_until_full(monkeypatch):
    monkeypatch.setattr(harbour.Terminal, "is_to_leave", lambda self, ship: ship.room_cm < self.shortest_cm)


def _due_ships_go_on_loading(monkeypatch):
    usual = harbour.Terminal.load

    def load(self):
        for ship in self.loading:
            if ship.is_due and not ship.is_ramp_busy:
                unit = self.next_unit(ship.room_cm)
                if unit is not None:
                    self.take_aboard(ship, unit)
        return usual(self)

    monkeypatch.setattr(harbour.Terminal, "load", load)


def _youngest_boards_first(monkeypatch):
    usual = harbour.Terminal.enter_yard

    def enter_yard(self, unit):
        usual(self, unit)
        self.lanes[unit.vehicle_class].rotate(1)

    monkeypatch.setattr(harbour.Terminal, "enter_yard", enter_yard)


def _nobody_is_waived(monkeypatch):
    usual = story.Teller.is_chosen

    def is_chosen(self, unit, step):
        step.rule.full_station = None
        return usual(self, unit, step)

    monkeypatch.setattr(story.Teller, "is_chosen", is_chosen)


def _nobody_boards_while_two_wait(monkeypatch):
    usual = harbour.Terminal.next_unit
    monkeypatch.setattr(
        harbour.Terminal, "next_unit", lambda self, room_cm: usual(self, room_cm) if self.waiting_cm < 200 else None
    )


def _ships_open_late(monkeypatch):
    monkeypatch.setattr(harbour.Terminal, "is_wanted", lambda self: self.waiting_cm >= 200)


BROKEN = {
    _ships_open_late: "idle ship",
    _no_longest_wait: "departure",
    _ships_wait_until_full: "departure",
    _due_ships_go_on_loading: "due",
    _youngest_boards_first: "class lane",
    _nobody_is_waived: "replay",
    _nobody_boards_while_two_wait: "departure",
}


@pytest.mark.parametrize("spoil", BROKEN, ids=lambda spoil: spoil.__name__.strip("_"))
def test_a_broken_engine_is_found_out(quiet, spoil, monkeypatch):
    network, workload, good = quiet
    spoil(monkeypatch)
    record = run_engine(network, workload)
    assert differences(record, good), "the break must show at all"
    assert BROKEN[spoil] in {finding.law for finding in audit(network, workload, record)}


def test_a_sailing_that_opened_a_tick_earlier_is_found_out(quiet):
    network, workload, record = quiet
    spoilt = copy.deepcopy(record)
    left_when_due = (
        (spoilt.sailings["units"] > 0) & (spoilt.sailings["units"] < 10) & (spoilt.sailings["open_tick"] > 0)
    )
    spoilt.sailings["open_tick"][left_when_due.argmax()] -= 1
    assert "idle ramp" in {finding.law for finding in audit(network, workload, spoilt)}
