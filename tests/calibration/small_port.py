"""A small port with known parameters: the same four days as a fluid case and as a network for the simulator."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from sim.calibration import Case, Parameters, Posterior, calibrate, make_case
from sim.calibration.posterior import figures
from sim.engine import run_engine
from sim.network import compile_network
from sim.scenario import make_scenario
from sim.scenario.calibration import Calibration
from sim.units import TICKS_PER_HOUR
from sim.workload import draw_workload

START = datetime(2018, 2, 15)
DAYS, USUAL, PLACES = 4, 6000.0, 20
WEIGHT = [0.2] * 6 + [1.0] * 14 + [0.5] * 4
FITTED = (
    ("departures", 0, 72),
    ("departures", 24, 96),
    ("queue", None, 30),
    ("queue", None, 38),
    ("departures", 40, 46),
    ("sailings", 40, 46),
    ("queue", None, 47),
    ("queue", None, 56),
    ("queue", None, 86),
)
"""Figure, first hour, last hour."""
HELD_OUT = (("departures", 56, 62), ("queue", None, 62), ("queue", None, 92))


def clock(hour: float) -> str:
    return (START + timedelta(hours=hour)).isoformat()


def settings(values: dict[tuple, float], error: float = 0.03, fitted: tuple = FITTED, **changes: Any) -> Calibration:
    """A calibration with the given figures: known closure 30 to 39 h, uncertain one from about 48 to 56 h."""
    points = [
        {
            "figure": figure, "start": None if first is None else clock(first), "end": clock(last), "error": error,
            "value": float(values[figure, first, last]), "role": "fitted" if (figure, first, last) in fitted else "held_out",
        }
        for figure, first, last in values
    ]  # fmt: skip
    given = {
        "points": points, "end": clock(24 * DAYS), "level_per_day": USUAL, "level_spread": 0.5, "level_memory": 0.5,
        "capacity_per_h": {"low": 320.0, "high": 520.0}, "night": {"low": 0.0, "high": 0.6},
        "vehicles_per_sailing": {"low": 15.0, "high": 25.0}, "stay_h": {"low": 0.75, "high": 2.5},
        "closed": [{"start": clock(30), "end": clock(39)}],
        "piece": {"night": {"start": clock(48), "core_start": clock(50), "core_end": clock(56), "end": clock(56)}},
        "piece_spread": 0.4, "draws": 1000, "rounds": 4, "inflation": 1.1, "samples": 1000, "seed": 1,
    }  # fmt: skip
    return Calibration.model_validate(given | changes)


def small_case(values: dict[tuple, float], **changes: Any) -> Case:
    return make_case(settings(values, **changes), START, WEIGHT)


def draw_truth(case: Case, rng: np.random.Generator) -> Parameters:
    """Draw the parameters of one port around the usual day."""
    z = rng.standard_normal((1, len(case.names)))
    z[:, :DAYS] *= 0.7  # days spread by 0.35 in the world; the calibration allows for 0.5
    return case.parameters(z, np.full(DAYS, USUAL))


NOTHING = dict.fromkeys(FITTED, 1.0)


def with_error(clean: np.ndarray, rng: np.random.Generator, error: float = 0.03) -> dict[tuple, float]:
    reported = clean * np.exp(error * rng.standard_normal(len(clean)))
    return dict(zip(FITTED, reported.tolist(), strict=True))


def by_fluid(truth: Parameters) -> np.ndarray:
    """The fitted figures as the fluid gives them."""
    from sim.calibration import follow

    case = small_case(NOTHING)
    rng = np.random.Generator(np.random.Philox(key=int(1e6 * truth.level[0, 0])))
    return figures(case, follow(case, truth, rng), truth, case.settings.points)[0]


def by_simulator(truth: Parameters, seed: int) -> np.ndarray:
    """The fitted figures as the simulator gives them: ships of 20 places, full or not, leave at a headway."""
    per_h, stay = float(truth.capacity[0]), float(truth.stay_h[0])
    night, weight = float(truth.night[0]), np.array(WEIGHT) / np.mean(WEIGHT)
    rate = np.outer(truth.level[0], night + (1 - night) * weight).ravel() / 24
    headway = 60 * PLACES / per_h
    minutes = {"low_min": 10.0, "mode_min": 10.0, "high_min": 10.0}
    network = {
        "kind": "custom",
        "start": START.isoformat(),
        "ports": {"near": {"shore": "north", "berths": 2}, "far": {"shore": "south", "berths": 9}},
        "ship_types": {"shuttle": {"deck_m": float(PLACES)}},
        "ferries": {
            "line": {
                "ends": ["near", "far"], "ships": {"shuttle": 40}, "crossing": minutes, "load_s": {"any": 0.0},
                "departure": {"near": {"rule": "headway", "every_min": headway}, "far": {"rule": "at_once"}},
                "unload_s": {"any": 0.0},
            }
        },
        "closures": [
            {"start": clock(float(a)), "end": clock(float(b))}
            for a, b in zip(truth.closed_from[0], truth.closed_to[0], strict=True)
        ],
        # A mean of half a headway goes by at the ramp.
        "routes": {
            "main": [
                {"do": "travel", "name": "in", "time": {"any": {"family": "constant", "mean_s": 3600 * stay - 30 * headway}}},
                {"do": "board", "ferry": "line", "origin": "near"},
            ]
        },
        "arrivals": {"main": {"route": "main", "hourly_per_h": [*rate[:24], *rate]}},
    }  # fmt: skip
    run = {"days": float(DAYS), "lead_in_h": 24, "lead_out_h": 0, "replications": 1, "seed": seed}
    title = {"name": "port", "zh": "港", "en": "port"}
    compiled = compile_network(make_scenario({"title": title, "run": run, "network": network}))
    workload = draw_workload(compiled, seed, 0)
    record = run_engine(compiled, workload, "reference")
    arrived = workload.arrival_tick / TICKS_PER_HOUR - 24
    sailing = record.units["sailing"]
    departure = np.append(record.sailings["departure_tick"], -1)[sailing]
    left = np.where(departure >= 0, departure / TICKS_PER_HOUR - 24, np.inf)
    ships = record.sailings["departure_tick"] / TICKS_PER_HOUR - 24
    loaded = ships[(record.sailings["units"] > 0) & (record.sailings["terminal"] == 0)]
    found = []
    for figure, first, last in FITTED:
        if figure == "queue":
            found.append((arrived < last).sum() - (left < last).sum())
        else:
            moments = left if figure == "departures" else loaded
            found.append(((moments >= first) & (moments < last)).sum())
    return np.array(found, float)


def truths(parameters: Parameters) -> np.ndarray:
    """Parameters held against their intervals, (N, 8): four days, all days, capacity, stay, start of the closure."""
    return np.column_stack([
        parameters.level, parameters.level.sum(axis=1), parameters.capacity, parameters.stay_h, parameters.closed_from[:, 1]
    ])  # fmt: skip


def is_covered(posterior: Posterior, truth: Parameters, level: float = 0.9) -> np.ndarray:
    draws = truths(posterior.parameters)
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    wanted = truths(truth)[0]
    return (low <= wanted) & (wanted <= high)


def recover(number: int, by: str) -> np.ndarray:
    """Make the data of one port, calibrate, and tell which intervals cover."""
    rng = np.random.Generator(np.random.Philox(key=number))
    truth = draw_truth(small_case(NOTHING), rng)
    clean = by_fluid(truth) if by == "fluid" else by_simulator(truth, number)
    return is_covered(calibrate(small_case(with_error(clean, rng), seed=number)), truth)
