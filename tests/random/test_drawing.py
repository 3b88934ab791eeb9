"""Compiled drawing and drawing with numpy are two programs for the same bits."""

import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from sim import load_scenario
from sim.network import compile_network
from sim.scenario import make_scenario
from sim.workload import drawing
from sim.workload import workload as door
from tests.architecture.source import ROOT
from tests.strategies import closed_crossings, networks

from .worlds import small_world

SCENARIOS = sorted(path.stem for path in (ROOT / "configs" / "scenario").glob("*.yaml"))
COLUMNS = (
    "arrival_tick", "source", "vehicle_class", "carries_violation", "concealment", "duration_ticks", "uniform", "start",
)  # fmt: skip


def differences(network, replication):
    """Names of columns that the two do not have in common, bit for bit."""
    plain = door._plain_columns(network, 1, replication)
    compiled = door._compiled_columns(network, 1, replication)
    assert set(plain) == set(compiled) == set(COLUMNS) < {field.name for field in fields(door.Workload)}
    return [
        name
        for name in COLUMNS
        if plain[name].dtype != compiled[name].dtype
        or plain[name].shape != compiled[name].shape
        or plain[name].tobytes() != compiled[name].tobytes()
    ]


@settings(max_examples=200, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks() | closed_crossings())
def test_both_draw_the_same_in_random_networks(config):
    network = compile_network(make_scenario(config))
    assert differences(network, 0) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_both_draw_the_same_in_hours_of_every_scenario(name):
    network = compile_network(load_scenario(name, "run.days=0.1", "run.lead_in_h=1", "run.lead_out_h=2"))
    assert [differences(network, replication) for replication in range(3)] == [[], [], []]


LAWS = {
    "constant": {"mean_s": 60.0},
    "exponential": {"mean_s": 90.0},
    "lognormal": {"mean_s": 60.0, "cv": 0.5},
    "gamma": {"mean_s": 60.0, "cv": 0.5},
    "uniform": {"low_s": 10.0, "high_s": 60.0},
    "triangular": {"low_s": 10.0, "mode_s": 20.0, "high_s": 60.0},
    "empirical": {"samples_s": [60.0, 10.0, 30.0]},
}


@pytest.mark.parametrize("family", sorted(LAWS))
@pytest.mark.parametrize("block", [7, 1 << 13])
def test_both_draw_the_same_durations_of_every_law(family, block, monkeypatch):
    monkeypatch.setattr(drawing, "_BLOCK", block)
    settings = small_world()
    settings["network"]["routes"]["main"][0]["time"] = {"any": {"family": family, **LAWS[family]}}
    assert differences(compile_network(make_scenario(settings)), 0) == []


def test_both_draw_the_same_times_that_need_64_bits():
    settings = small_world()
    settings["network"]["routes"]["main"][0]["time"] = {"any": {"family": "constant", "mean_s": 3_000_000.0}}
    network = compile_network(make_scenario(settings))
    assert door._compiled_columns(network, 1, 0)["duration_ticks"].dtype == np.int64
    assert differences(network, 0) == []


def test_more_gaps_are_drawn_where_they_are_too_few(monkeypatch):
    network = compile_network(load_scenario("march_2018", "run.days=0.02", "run.lead_in_h=1", "run.lead_out_h=0"))
    ordinary, asked = drawing.draw_gaps, []

    def draw(rates, factor, slack, *others):
        asked.append(slack)
        return ordinary(rates, factor, slack, *others)

    monkeypatch.setattr(drawing, "draw_gaps", draw)
    monkeypatch.setattr(drawing, "_SLACK", 0.125)
    assert differences(network, 0) == []
    assert len(asked) > 1
    assert asked[0] == 0.125 < asked[-1]


def crowded_world():
    """Two streams whose units come in turns, all within two seconds of two days."""
    settings = small_world()
    for number, arrivals in enumerate(settings["network"]["arrivals"].values()):
        for name in [name for name in arrivals if name not in ("class", "route")]:
            del arrivals[name]
        arrivals["times_s"] = [60 + (2 * k + number) / 1000 for k in range(1000)]
    return compile_network(make_scenario(settings))


@pytest.fixture
def sorted_by_insertion(monkeypatch):
    """Whether each replication was."""
    ordinary, told = drawing.arrive, []

    def arrive(*given):
        drawn = ordinary(*given)
        told.append(drawn[1])
        return drawn

    monkeypatch.setattr(drawing, "arrive", arrive)
    return told


def test_numpy_sorts_what_would_take_too_many_moves(sorted_by_insertion):
    network = crowded_world()
    assert differences(network, 0) == []
    assert sorted_by_insertion == [False]


@pytest.mark.parametrize("name", ["march_2018", "custom"])
def test_numpy_sorts_the_same(name, monkeypatch, sorted_by_insertion):
    network = compile_network(load_scenario(name, "run.days=0.05", "run.lead_in_h=1", "run.lead_out_h=1"))
    assert differences(network, 0) == []
    monkeypatch.setattr(drawing, "_MOST_MOVES", -1)
    assert differences(network, 0) == []
    assert sorted_by_insertion == [True, False]


def test_memory_is_used_again_whatever_it_held():
    network = compile_network(load_scenario("march_2018_hidden", "run.days=0.2", "run.lead_in_h=1", "run.lead_out_h=1"))
    assert [differences(network, replication) for replication in (0, 1, 0)] == [[], [], []]
    (desk,) = drawing.design_of(network).desks
    for part in (*desk.arrivals, desk.spans, desk.packed, *desk.block[:-1], *desk.block.chunk, *desk.doubts):
        part.view(np.uint8)[:] = 0xA5
    assert differences(network, 1) == []
    assert drawing.design_of(network).desks[0] is desk


def test_numpy_draws_what_is_too_long_for_packed_numbers(monkeypatch):
    network = compile_network(load_scenario("custom", "run.days=0.02", "run.lead_in_h=0"))
    usual = door._columns(network, 1, 0)
    monkeypatch.setattr(drawing, "_BITS", 20)
    assert door._compiled_columns(network, 1, 0) is None
    long = door._columns(network, 1, 0)
    assert all(usual[name].tobytes() == long[name].tobytes() for name in COLUMNS)


def test_numba_is_not_loaded_to_draw():
    code = (
        "import sys\n"
        "from sim import load_scenario\n"
        "from sim.network import compile_network\n"
        "from sim.workload import draw_workload\n"
        "draw_workload(compile_network(load_scenario('custom', 'run.days=0.02', 'run.lead_in_h=0')), 1, 0)\n"
        "print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_nobody_comes():
    settings = small_world()
    for arrivals in settings["network"]["arrivals"].values():
        for name in [name for name in arrivals if name not in ("class", "route")]:
            del arrivals[name]
        arrivals["times_s"] = []
    network = compile_network(make_scenario(settings))
    assert len(door._compiled_columns(network, 1, 0)["source"]) == 0
    assert differences(network, 0) == []
