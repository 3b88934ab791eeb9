"""The compiled engine's columns: a window on the units, in 32 bits as long as ticks fit."""

import os
import sys
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim.engine import run_engine, run_in_pieces
from sim.engine.kernel import simulate, simulate_in_pieces
from sim.engine.kernel.simulation import WINDOW_UNITS
from sim.record import BLOCK_UNITS, TABLES, Record, columns_of
from sim.record.narrow import TICK_ROWS
from tests.engine.builders import serve, small
from tests.engine.running import differences, prepare
from tests.engine.uncompiled import plain_python
from tests.laws.networks import scenario, strait
from tests.strategies import closed_crossings, networks

NIGHTLY = int(os.environ.get("STRAIT_RANDOM_NETWORKS", "1000"))
ORDINARY = {"derandomize": True, "deadline": None, "suppress_health_check": list(HealthCheck)}


def copied(piece):
    """Copy a piece, whose arrays are written over when the next is asked for."""
    tables = ({name: values.copy() for name, values in piece.table(table).items()} for table in TABLES)
    units = len(piece.units["arrival_tick"])
    ticks, visits = piece.narrow.ticks[:, :units].copy(), piece.narrow.visits[:, :units].copy()
    return Record(*tables, piece.first, replace(piece.narrow, ticks=ticks, visits=visits))


def joined(pieces, block=BLOCK_UNITS):
    """Join the pieces of a record, which must follow each other; tell how many units each has."""
    pieces = list(map(copied, pieces))
    counts = [len(piece.units["arrival_tick"]) for piece in pieces]
    assert [piece.first for piece in pieces] == [sum(counts[:number]) for number in range(len(pieces))]
    for piece, count in zip(pieces[:-1], counts, strict=False):
        assert (piece.units["outcome"] > 0).all()
        assert len(piece.sailings["ship"]) == 0
        assert count % block == 0
    tables = ({name: _row(pieces, table, name) for name in pieces[0].table(table)} for table in TABLES)
    return Record(*tables), counts


def _row(pieces, table, name):
    return np.concatenate([piece.table(table)[name] for piece in pieces], axis=-1)


def many(units, apart=20):
    """Two stations in line, of which the second holds every fiftieth unit long."""
    steps = [serve("gate", 15), {"do": "select", "name": "q", "ratio": {"any": 0.02}}, serve("store", 9000)]
    steps[1]["otherwise"] = "out"
    stations = {"gate": {}, "store": {"servers": 40}}
    times = range(0, apart * units, apart)
    return small(stations, [*steps, {"do": "exit", "label": "out"}], *times, horizon_s=apart * units + 20_000)


@pytest.fixture
def plain():
    """The uncompiled kernel with blocks of two units."""
    with plain_python(block_bits=1) as package:
        yield package


@dataclass
class _Bits:
    """How long a tick may be."""

    longest: int
    dtype: type

    def limit(self):
        columns = sys.modules["sim.engine.kernel.window"]
        columns._NARROW, columns._LONGEST = np.dtype(self.dtype), self.longest

    def is_kept(self, narrow):
        ticks = np.delete(narrow.ticks, TICK_ROWS.index("sailing"), axis=0)
        longest = max(ticks.max(initial=0), narrow.visits.max(initial=0))
        assert narrow.ticks.dtype == np.int64 or longest <= self.longest
        assert narrow.ticks.dtype == narrow.visits.dtype
        return narrow.ticks.dtype == self.dtype


BITS = st.sampled_from([_Bits(2**15 - 1, np.int16), _Bits(500_000, np.int32), _Bits(900_000, np.int32)])


def _check_pieces(package, examples):
    """Compare networks' pieces with their records; count what the pieces were like."""
    seen = Counter()

    @settings(max_examples=examples, report_multiple_bugs=False, phases=[Phase.generate], **ORDINARY)
    @given(networks() | closed_crossings(), st.integers(1, 8), BITS)
    def are_the_same(config, units, bits):
        bits.limit()
        network, workload = prepare(config)
        pieces = list(map(copied, package.simulate_in_pieces(network, workload, units)))
        record, counts = joined(pieces, 2)
        narrow = [bits.is_kept(piece.narrow) for piece in pieces]
        seen.update(cut=len(counts) > 1, narrow=all(narrow), wide=not any(narrow), widened=narrow[0] and not narrow[-1])
        assert differences(record, run_engine(network, workload)) == []

    are_the_same()
    return seen


def test_pieces_of_random_networks_are_their_record(plain):
    seen = _check_pieces(plain, 300)
    assert min(seen[name] for name in ("cut", "narrow", "wide", "widened")) > 5


@pytest.mark.slow
def test_pieces_of_many_random_networks_are_their_record(plain):
    _check_pieces(plain, NIGHTLY)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("first_inside", lambda window, oldest, came: came),
        ("_fitting_tick", lambda network, workload, window, oldest: network.horizon_tick),
        ("copy_units", lambda source, target: None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_window_is_found_out(plain, monkeypatch, name, broken):
    columns = sys.modules["sim.engine.kernel.window"]
    for module in (columns, sys.modules["sim.engine.kernel.simulation"]):
        monkeypatch.setattr(module, name, broken, raising=module is columns)
    with pytest.raises((AssertionError, IndexError, OverflowError)):
        _check_pieces(plain, 2000)


def test_exits_are_written_down_ahead(plain, monkeypatch):
    """Without a thought of the way ahead the exit, at 35 s, does not fit into 16 bits."""
    way = {"do": "travel", "name": "road", "time": {"any": {"family": "constant", "mean_s": 25.0}}}
    network, workload = prepare(small({"gate": {}}, [serve("gate", 10), way], 0, horizon_s=100))
    columns = sys.modules["sim.engine.kernel.window"]
    _Bits(2**15 - 1, np.int16).limit()
    assert columns._ahead(network, workload) == 25_000
    assert differences(plain.simulate(network, workload), run_engine(network, workload)) == []
    monkeypatch.setattr(columns, "_ahead", lambda network, workload: 0)
    with pytest.raises(OverflowError):
        plain.simulate(network, workload)


@settings(max_examples=100, **ORDINARY)
@given(networks() | closed_crossings(), BITS)
def test_ticks_that_do_not_fit_are_found_in_time(plain, config, bits):
    bits.limit()
    network, workload = prepare(config)
    record = plain.simulate(network, workload)
    bits.is_kept(copied(record).narrow)
    assert differences(record, run_engine(network, workload)) == []


@pytest.mark.parametrize("units", [1, 1000, 2000])
def test_windows_move_and_grow(units):
    network, workload = prepare(many(6000))
    record, counts = joined(simulate_in_pieces(network, workload, units))
    assert len(counts) > 2
    assert differences(record, run_engine(network, workload)) == []


def test_days_on_the_strait_in_pieces():
    network, workload = prepare(scenario(strait(prevalence=0.2, deck_m=12.0), days=4.0, lead_out_h=48))
    record, counts = joined(simulate_in_pieces(network, workload, 512))
    assert counts[:2] == [512, 512]
    assert differences(record, run_engine(network, workload)) == []


def test_the_door_to_pieces():
    network, workload = prepare(many(WINDOW_UNITS + 5000, apart=10))
    record, counts = joined(run_in_pieces(network, workload, "kernel"))
    assert len(counts) == 2
    (reference,) = run_in_pieces(network, workload)
    assert differences(record, reference) == []
    assert reference.narrow is None


@pytest.mark.parametrize("units", [600, 10_000])
def test_one_unit_that_stays_for_a_month_makes_ticks_wide(units):
    steps = [{"do": "select", "name": "q", "ratio": {"any": 0.0005}, "otherwise": "out"}, serve("store", 3_000_000)]
    times = range(0, 1_200_000, 300)
    settings = small({"store": {}}, [*steps, {"do": "exit", "label": "out"}], *times, horizon_s=8_000_000)
    network, workload = prepare(settings)
    seen = []
    record, _ = joined(
        seen.append(piece.narrow.ticks.dtype) or piece for piece in simulate_in_pieces(network, workload, units)
    )
    expected = run_engine(network, workload)
    assert expected.serves["end_tick"].max() > np.iinfo(np.int32).max
    assert seen[-1] == np.int64
    assert seen[0] == (np.int32 if units < 1000 else np.int64)
    assert differences(record, expected) == []


def test_a_record_is_small_and_widened_when_it_is_read():
    network, workload = prepare(many(3000))
    record = simulate(network, workload)
    narrow = record.narrow
    sizes = [part.nbytes for part in (narrow.ticks, narrow.visits, narrow.ratios, narrow.flags)]
    rows = 5 + 4 * network.serves.count
    assert sum(sizes) == record.narrow.pitch * (4 * rows + 8 + 1 + 2)
    assert record.narrow.pitch < 3000 + 32
    start = record.serves["start_tick"]
    assert start.dtype == np.int64
    assert record.serves["start_tick"] is start
    assert np.shares_memory(record.units["outcome"], record.narrow.flags)
    assert set(record.units) == {column.name for column in columns_of("units")}
