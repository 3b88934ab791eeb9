"""Compiled counting and counting with numpy are two programs for the same whole numbers."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import load_scenario
from sim.engine import run_engine
from sim.engine.kernel import simulate_in_pieces
from sim.metrics import ground, reduce_pieces, reduce_replication
from sim.metrics.histogram import FIRST_TICKS, bin_edges, bin_spans
from sim.metrics.plain import count_plainly
from sim.metrics.plan import plan_of
from sim.metrics.walk import count_compiled
from sim.network import compile_network
from sim.record import Record
from sim.workload import draw_workload
from tests.architecture.source import ROOT
from tests.engine.running import prepare
from tests.strategies import closed_crossings, networks

from .builders import built, constant
from .narrowed import narrowed
from .test_ways import SEA

ORDINARY = {"derandomize": True, "deadline": None, "suppress_health_check": list(HealthCheck)}
SCENARIOS = sorted(path.stem for path in (ROOT / "configs" / "scenario").glob("*.yaml"))


def differences(network, workload, record, pieces=None):
    """Names of what the two counts do not have in common."""
    plan = plan_of(network)
    plain = count_plainly(network, workload, record, plan)
    given = [record] if pieces is None else pieces
    compiled = count_compiled(network, workload, (narrowed(one, workload.arrival_tick) for one in given), plan)
    pairs = {name: (getattr(plain.sums, name), getattr(compiled.sums, name)) for name in plain.sums._fields}
    pairs |= {name: (getattr(plain, name), getattr(compiled, name)) for name in ("highest", "tailback_cm")}
    found = [name for name, (a, b) in pairs.items() if not np.array_equal(a, b)]
    for row, (a, b) in enumerate(zip(plain.histograms.histograms(), compiled.histograms.histograms(), strict=True)):
        if (a is None) != (b is None):
            found.append(f"histogram {row}")
        elif a is not None and b is not None:
            is_same = np.array_equal(a.bins, b.bins) and np.array_equal(a.counts, b.counts) and a.maximum == b.maximum
            found += [] if is_same else [f"histogram {row}"]
    ways = [counts.ways.by_source(len(network.sources.name)) for counts in (plain, compiled)]
    return found + ([] if ways[0] == ways[1] else ["ways"])


@settings(max_examples=200, **ORDINARY)
@given(networks() | closed_crossings(), st.sampled_from([0, 1]), st.sampled_from([0, 1]))
def test_both_count_the_same_in_random_networks(config, lead_in_h, lead_out_h):
    config["run"] |= {"lead_in_h": lead_in_h, "lead_out_h": lead_out_h}
    network, workload = prepare(config)
    assert differences(network, workload, run_engine(network, workload)) == []


def test_the_first_replication_of_a_process_is_counted_in_pieces_too():
    code = (
        "from sim import load_scenario\n"
        "from sim.study.worker import prepare_job\n"
        "import sys\n"
        "assert 'numba' not in sys.modules\n"
        "job = prepare_job(load_scenario('march_2018_month', 'run.days=3'), 'kernel')\n"
        "first = job.reduce(0)\n"
        "print(first.sums == job.reduce(0).sums, 'numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True True"


@pytest.mark.parametrize("name", SCENARIOS)
def test_both_count_the_same_in_hours_of_every_scenario(name):
    scenario = load_scenario(name, "run.days=0.1", "run.lead_in_h=1", "run.lead_out_h=2")
    network = compile_network(scenario)
    workload = draw_workload(network, 1, 0)
    assert differences(network, workload, run_engine(network, workload, "kernel")) == []


def cut(record, places):
    """Pieces of a record that end before some of its units."""
    ends = [*places, len(record.units["arrival_tick"])]
    for first, end in zip([0, *places], ends, strict=True):
        tables = [
            {name: column[..., first:end] for name, column in record.table(table).items()}
            for table in ("units", "serves", "selects", "alarms")
        ]
        ships = {name: column if end == ends[-1] else column[:0] for name, column in record.sailings.items()}
        yield Record(*tables, ships, first)


def places_to_cut(record):
    """Units before all of which everybody has left."""
    return np.flatnonzero(np.logical_and.accumulate(record.units["outcome"] != 0))[1:].tolist()


@settings(max_examples=100, **ORDINARY)
@given(networks() | closed_crossings(), st.sampled_from([0, 1]), st.sampled_from([0, 1]), st.data())
def test_it_counts_the_same_however_a_record_is_cut(config, lead_in_h, lead_out_h, data):
    config["run"] |= {"lead_in_h": lead_in_h, "lead_out_h": lead_out_h}
    network, workload = prepare(config)
    record = run_engine(network, workload)
    places = places_to_cut(record)
    chosen = data.draw(st.sampled_from([places, places[::3]]) | st.sets(st.sampled_from(places or [0])).map(sorted))
    assert differences(network, workload, record, cut(record, chosen)) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_it_counts_hours_of_every_scenario_in_pieces(name):
    scenario = load_scenario(name, "run.days=0.1", "run.lead_in_h=1", "run.lead_out_h=2")
    network = compile_network(scenario)
    workload = draw_workload(network, 1, 0)
    record = run_engine(network, workload, "kernel")
    places = places_to_cut(record)[::10]
    assert differences(network, workload, record, cut(record, places)) == []
    parts = (narrowed(piece, workload.arrival_tick) for piece in cut(record, places))
    whole, pieces = (reduce_pieces(network, workload, given) for given in ([record], parts))
    assert pickle.dumps(whole) == pickle.dumps(pieces)


def test_the_compiled_engines_pieces_count_as_its_record_does():
    scenario = load_scenario("march_2018_month", "run.days=4")
    network = compile_network(scenario)
    workload = draw_workload(network, 1, 0)
    numbers = []

    def pieces():
        for piece in simulate_in_pieces(network, workload, 4096):
            numbers.append(piece.first)
            yield piece

    found = [reduce_pieces(network, workload, given) for given in ([run_engine(network, workload, "kernel")], pieces())]
    assert len(numbers) > 3
    assert pickle.dumps(found[0]) == pickle.dumps(found[1])


@pytest.mark.parametrize("start", [100.0, 10_000.0])
def test_a_queue_of_units_before_or_after_the_window_alone_is_there(start):
    config = SEA | {
        "stations": {"gate": {}, "desk": {}},
        "routes": {
            "first": [{"do": "serve", "station": "gate", "time": constant(1.0)}],
            "second": [
                {"do": "serve", "station": "gate", "time": constant(1.0)},
                {"do": "serve", "station": "desk", "time": constant(10.0)},
                {"do": "board", "ferry": "line", "origin": "a"},
            ],
        },
        "arrivals": {
            "first": {"route": "first", "times_s": [0.0, 0.0]},
            "second": {"route": "second", "times_s": [start, start]},
        },
    }
    network = built(config, lead_in_h=1, lead_out_h=2)
    workload = draw_workload(network, 1, 0)
    record = run_engine(network, workload)
    left = record.units["exit_tick"]
    assert ((left >= 0) & ((left < network.window_tick) | (workload.arrival_tick >= network.window_end_tick))).all()
    assert differences(network, workload, record, cut(record, [2])) == []
    plan = plan_of(network)
    pieces = (narrowed(piece, workload.arrival_tick) for piece in cut(record, [2]))
    highest = dict(zip(plan.hours, count_compiled(network, workload, pieces, plan).highest.tolist(), strict=True))
    places = {key[4].split("/")[-1]: most for key, most in highest.items()}
    assert (places["desk"], places["yard"]) == (0, 0)


def many_ways():
    steps = [{"do": "select", "name": f"s{n}", "ratio": {"any": 0.5}, "otherwise": f"n{n}"} for n in range(6)]
    route = []
    for number, step in enumerate(steps):
        route += [step | ({"label": f"n{number - 1}"} if number else {})]
    route += [{"do": "serve", "station": "desk", "time": constant(1.0), "label": "n5"}]
    arrivals = {"main": {"route": "main", "times_s": [float(t) for t in range(300)]}}
    return built({"stations": {"desk": {}}, "routes": {"main": route}, "arrivals": arrivals})


def test_there_is_room_for_every_way(monkeypatch):
    monkeypatch.setattr(ground, "_ROOM", -6 * ground.BLOCK_UNITS)  # too little for the units of a block
    network = many_ways()
    for replication in range(3):
        workload = draw_workload(network, 1, replication)
        assert differences(network, workload, run_engine(network, workload)) == []
    workload = draw_workload(network, 1, 0)
    record = narrowed(run_engine(network, workload), workload.arrival_tick)
    (ways,) = count_compiled(network, workload, [record], plan_of(network)).ways.by_source(1)
    assert len(ways) == 64
    assert sum(ways.values()) == 300
    assert differences(network, workload, record) == []


def test_a_replication_does_not_depend_on_those_before(monkeypatch):
    def reduced(network, replication):
        workload = draw_workload(network, 1, replication)
        return reduce_replication(network, workload, run_engine(network, workload))

    alone, after = many_ways(), many_ways()
    for replication in range(3):
        reduced(after, replication)
    one, other = reduced(alone, 3), reduced(after, 3)
    assert one.sums == other.sums
    assert one.history == other.history


def test_bins_are_exact_on_ticks():
    spans = np.unique(np.concatenate([np.arange(100_000), FIRST_TICKS, np.maximum(FIRST_TICKS - 1, 0)]))
    spans = spans[spans < 1 << 40]
    bins = bin_spans(spans)
    assert np.array_equal(bins, np.searchsorted(FIRST_TICKS, spans, "right") - 1)
    lower, upper = bin_edges(bins)
    assert ((lower * (1 - 1e-9) <= spans) & (spans <= upper * (1 + 1e-9))).all()


def test_numba_is_not_loaded_for_the_reference_engine():
    code = (
        "import sys\n"
        "from sim import load_scenario\n"
        "from sim.study.worker import prepare_job\n"
        "prepare_job(load_scenario('custom', 'run.days=0.02', 'run.lead_in_h=0'), 'reference').reduce(0)\n"
        "print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
