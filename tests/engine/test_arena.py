"""Memory that is lent again is nobody's any more."""

import gc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sim import arena
from sim.engine import run_engine
from sim.engine.kernel import simulate
from sim.record import TABLES
from sim.workload import draw_workload
from tests.engine.builders import serve, small
from tests.engine.running import differences, prepare


@pytest.fixture(autouse=True)
def empty():
    gc.collect()
    arena._kept.clear()


def _address(block):
    return block.ctypes.data


def test_memory_comes_back():
    first = arena.lend("x", 1000)
    where = _address(first)
    assert where % arena.LINE_BYTES == 0
    del first
    assert _address(arena.lend("x", 990)) == where


@pytest.mark.parametrize("view", [lambda b: b[5:], lambda b: b.view(np.int64)[2:].reshape(-1, 1), memoryview])
def test_memory_that_is_seen_stays(view):
    block = arena.lend("x", 1000 * 8)
    where, seen = _address(block), view(block)
    del block
    other = arena.lend("x", 1000 * 8)
    assert _address(other) != where
    del seen, other
    assert where in {_address(block) for block in (arena.lend("x", 8000), arena.lend("x", 8000))}


def test_memory_of_another_size_is_let_go():
    arena.lend("x", 100_000)
    arena.lend("x", 200_000)
    assert [len(block) >= 200_000 for block, _ in arena._kept["x"]] == [True]
    arena.lend("x", 10)
    assert [len(block) < 1000 for block, _ in arena._kept["x"]] == [True]


def test_no_more_is_kept_than_there_are_processors():
    blocks = [arena.lend("x", 100) for _ in range(3 * arena._MOST_KEPT)]
    blocks.clear()
    assert len(arena._kept["x"]) == arena._MOST_KEPT


def test_large_memory_is_given_back(monkeypatch):
    monkeypatch.setattr(arena, "_MOST_BYTES", 1000)
    block = arena.lend("x", 2000)
    block[:] = 7
    seen = block[5:]
    del block
    gc.collect()
    assert (seen == 7).all()
    del seen
    assert not arena._kept["x"]


def _columns(record):
    return [values for table in TABLES for values in record.table(table).values()]


def test_one_column_keeps_its_record():
    """Replications follow each other on the same memory, and leave alone what somebody looks at."""
    network, workload = prepare(small({"gate": {}}, [serve("gate", 20)], *range(0, 3000, 30)))
    start = simulate(network, workload).serves["start_tick"][0]
    before = start.copy()
    for replication in range(5):
        simulate(network, draw_workload(network, 1, replication))
        other = draw_workload(network, 2, replication)
        other.duration_ticks[:] += 1000
        simulate(network, other)
    assert np.array_equal(start, before)


def test_records_side_by_side_in_threads():
    network, _ = prepare(small({"gate": {}}, [serve("gate", 20)], *range(0, 3000, 7)))
    workloads = [draw_workload(network, 1, number) for number in range(40)]
    for number, workload in enumerate(workloads):
        workload.duration_ticks[:] += 10 * number
    with ThreadPoolExecutor(4) as pool:
        records = list(pool.map(lambda workload: simulate(network, workload), workloads))
    for workload, record in zip(workloads, records, strict=True):
        assert differences(record, run_engine(network, workload)) == []
    spans = [(a.__array_interface__["data"][0], a.nbytes) for r in records for a in (r.units["yard_tick"],)]
    spans.sort()
    assert all(begin + size <= after for (begin, size), (after, _) in zip(spans, spans[1:], strict=False))


def test_the_columns_have_the_dtypes_and_shapes_of_the_reference():
    network, workload = prepare(small({"gate": {}}, [serve("gate", 20)], 0, 10, 20))
    fast, slow = simulate(network, workload), run_engine(network, workload)
    for one, other in zip(_columns(fast), _columns(slow), strict=True):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
    with pytest.raises(ValueError, match="read-only"):
        fast.units["arrival_tick"][0] = 1
