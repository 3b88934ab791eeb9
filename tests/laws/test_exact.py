"""Identities on integer ticks: what stations hold against what the record says, with `==`."""

import numpy as np
import pytest

from sim.engine.reference.station import Station
from sim.record import target_of_slot

from .networks import desk, run_case, scenario, strait


class Meter:
    """Integrals over time of the units that wait at and that hold servers of each station, kept while it runs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stations: list[Station] = []
        self.waiting: dict[int, int] = {}
        self.busy: dict[int, int] = {}
        self.seen: dict[int, int] = {}
        self.most_busy_over = 0
        for name in ("serve", "release", "refill", "_count", "_start"):
            monkeypatch.setattr(Station, name, self.wrap(getattr(Station, name)))
        build = Station.__init__

        def register(station, *arguments):
            build(station, *arguments)
            number = len(self.stations)
            self.stations.append(station)
            self.waiting[number] = self.busy[number] = self.seen[number] = 0

        monkeypatch.setattr(Station, "__init__", register)

    def wrap(self, method):
        def metered(station, *arguments):
            self.advance(self.stations.index(station), station.clock.now)
            return method(station, *arguments)

        return metered

    def advance(self, number: int, now: int) -> None:
        station = self.stations[number]
        span = now - self.seen[number]
        self.waiting[number] += span * station.waiting
        self.busy[number] += span * station.busy
        self.seen[number] = now


@pytest.mark.parametrize(
    "network", [desk(2), desk(3, family="constant"), strait(prevalence=0.1)], ids=["desk", "ties", "strait"]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_little_holds_to_the_tick(monkeypatch, network, seed):
    meter = Meter(monkeypatch)
    compiled, workload, record = run_case(scenario(network, days=2, seed=seed))
    end = compiled.horizon_tick
    for number in range(len(meter.stations)):
        meter.advance(number, end)
    stations = target_of_slot(compiled, 0, compiled.serves.count)[:, workload.source]
    join, start, release = (record.serves[f"{name}_tick"] for name in ("join", "start", "release"))
    held = np.where(release >= 0, release, end) - start
    waited = np.where(start >= 0, start, end) - join
    assert (start >= 0).any()
    for number in range(len(meter.stations)):
        here = (stations == number) & (join >= 0)
        assert meter.waiting[number] == waited[here].sum()
        assert meter.busy[number] == held[here & (start >= 0)].sum()


def test_the_meter_can_disagree(monkeypatch):
    meter = Meter(monkeypatch)
    _, _, record = run_case(scenario(desk(1)))
    waited = record.serves["start_tick"][0] - record.serves["join_tick"][0]
    assert meter.waiting[0] != waited[:-2].sum()


@pytest.mark.parametrize("servers", [1, 2, 5])
def test_no_more_units_in_service_than_servers(servers):
    compiled, _, record = run_case(scenario(desk(servers, per_h=90.0)))
    start, end = record.serves["start_tick"][0], record.serves["end_tick"][0]
    started = start[start >= 0]
    ended = np.where(end[start >= 0] >= 0, end[start >= 0], compiled.horizon_tick)
    # At one tick a server is let go before it is taken again.
    steps = np.concatenate(
        [np.stack([ended, -np.ones_like(ended)]), np.stack([started, np.ones_like(started)])], axis=1
    )
    busy = np.cumsum(steps[1][np.lexsort((steps[1], steps[0]))])
    assert busy.max() == servers
    utilisation = (ended - started).sum() / (servers * compiled.horizon_tick)
    assert utilisation <= 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_unit_is_accounted_for(seed):
    compiled, workload, record = run_case(scenario(strait(prevalence=0.2), seed=seed))
    outcome, exit_tick = record.units["outcome"], record.units["exit_tick"]
    assert ((outcome == 0) == (exit_tick < 0)).all()
    assert (exit_tick < compiled.horizon_tick).all()
    assert np.bincount(outcome, minlength=3).sum() == len(workload.arrival_tick)
    assert (workload.carries_violation[outcome == 2]).all()
    sailings = record.sailings
    aboard = np.bincount(record.units["sailing"][record.units["sailing"] >= 0], minlength=len(sailings["units"]))
    gone = sailings["departure_tick"] >= 0
    assert (aboard[gone] == sailings["units"][gone]).all()
