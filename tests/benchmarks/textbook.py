"""A textbook SimPy model of an exit port and a ferry: the yardstick of `tests.benchmarks.engines`.

Written as the SimPy manual teaches it: a process per vehicle, a `simpy.Resource` per station, a `simpy.Store` for the
yard, a process per ship, one call of `random` per draw, thinning for the arrivals. Times are minutes. Nothing is
sped up and nothing is slowed down on purpose.
"""

import random
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import simpy

RATE = 0.6
"""Vehicles a minute, mean over the day."""
HOUR_WEIGHT = (
    0.25, 0.2, 0.2, 0.3, 0.6, 1, 1.4, 1.6, 1.6, 1.5, 1.4, 1.3, 1.2, 1.2, 1.3, 1.4, 1.6, 1.6, 1.4, 1.1, 0.8, 0.5, 0.35, 0.2,
)  # fmt: skip
CLASS_SHARE = {"car": 0.6, "van": 0.15, "truck": 0.25}
GATE_MIN = {"car": 4.0, "van": 5.0, "truck": 8.0}
GATE_CV = 0.5
XRAY_MIN = {"car": 4.0, "van": 5.0, "truck": 8.0}
XRAY_SHAPE = 4
SEARCH_MIN = 45.0
SAMPLING_RATIO, ALARM_RATIO = 0.3, 0.2
GATE_LANES, XRAYS, SEARCH_TEAMS = 6, 2, 4
SHIPS, DECK, LONGEST_WAIT_MIN, CROSSING_MIN = 3, 50, 40.0, 95.0
SCOPES = ("line", "cross", "landing")
"""Up to the yard; up to the departure of the ship; up to the landing."""

Process = Generator[simpy.Event, Any, None]


@dataclass
class Vehicle:
    """One vehicle and what happened to it."""

    number: int
    kind: str
    departed: simpy.Event
    landed: simpy.Event
    times: dict[str, float] = field(default_factory=dict)


class Model:
    """The exit port: gate, X-ray, search, yard, berth."""

    def __init__(self, scope: str, seed: int) -> None:
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.scope = scope
        self.gate = simpy.Resource(self.env, GATE_LANES)
        self.xray = simpy.Resource(self.env, XRAYS)
        self.search = simpy.Resource(self.env, SEARCH_TEAMS)
        self.yard = simpy.Store(self.env)
        self.berth = simpy.Resource(self.env, 1)
        self.vehicles: list[Vehicle] = []
        self.sailings: list[tuple[float, int]] = []

    def run(self, days: float) -> None:
        """Simulate some days."""
        self.env.process(self.arrivals())
        if self.scope != "line":
            for number in range(SHIPS):
                self.env.process(self.ship(number))
        self.env.run(until=days * 24 * 60)

    def arrivals(self) -> Process:
        """Non-homogeneous Poisson arrivals by thinning."""
        peak = RATE * max(HOUR_WEIGHT)
        kinds, shares = list(CLASS_SHARE), list(CLASS_SHARE.values())
        while True:
            yield self.env.timeout(self.random.expovariate(peak))
            rate = RATE * HOUR_WEIGHT[int(self.env.now // 60) % 24]
            if self.random.random() < rate / peak:
                kind = self.random.choices(kinds, shares)[0]
                vehicle = Vehicle(len(self.vehicles), kind, self.env.event(), self.env.event())
                self.vehicles.append(vehicle)
                self.env.process(self.story(vehicle))

    def story(self, vehicle: Vehicle) -> Process:
        """Follow one vehicle from the gate to its ship."""
        times = vehicle.times
        times["arrival"] = self.env.now
        with self.gate.request() as lane:
            yield lane
            times["gate_start"] = self.env.now
            yield self.env.timeout(self.gate_time(vehicle.kind))
            times["gate_end"] = self.env.now
        if self.random.random() < SAMPLING_RATIO:
            yield from self.inspection(vehicle)
        if self.scope == "line":
            return
        times["yard"] = self.env.now
        yield self.yard.put(vehicle)
        yield vehicle.departed
        times["departure"] = self.env.now
        if self.scope == "landing":
            yield vehicle.landed
            times["landing"] = self.env.now

    def inspection(self, vehicle: Vehicle) -> Process:
        """X-ray, and a full search after an alarm."""
        times = vehicle.times
        with self.xray.request() as scanner:
            yield scanner
            times["xray_start"] = self.env.now
            mean = XRAY_MIN[vehicle.kind]
            yield self.env.timeout(self.random.gammavariate(XRAY_SHAPE, mean / XRAY_SHAPE))
            times["xray_end"] = self.env.now
        if self.random.random() < ALARM_RATIO:
            with self.search.request() as team:
                yield team
                times["search_start"] = self.env.now
                yield self.env.timeout(self.random.expovariate(1 / SEARCH_MIN))
                times["search_end"] = self.env.now

    def gate_time(self, kind: str) -> float:
        """Draw a lognormal gate time (ln 1.25 is the squared sigma of a cv of 0.5)."""
        sigma = 0.47238072707743883
        return GATE_MIN[kind] * self.random.lognormvariate(-sigma * sigma / 2, sigma)

    def ship(self, number: int) -> Process:
        """Shuttle: load one after the other, leave when full or after the longest wait, come back."""
        if number % 2:
            yield self.env.timeout(CROSSING_MIN)
        while True:
            with self.berth.request() as berth:
                yield berth
                aboard = [(yield self.yard.get())]
                deadline = self.env.timeout(LONGEST_WAIT_MIN)
                while len(aboard) < DECK:
                    following = self.yard.get()
                    answer = yield following | deadline
                    if following not in answer:
                        following.cancel()
                        break
                    aboard.append(answer[following])
            self.sailings.append((self.env.now, len(aboard)))
            for vehicle in aboard:
                vehicle.departed.succeed()
            yield self.env.timeout(CROSSING_MIN)
            if self.scope == "landing":
                for vehicle in aboard:
                    vehicle.landed.succeed()
            yield self.env.timeout(CROSSING_MIN)
