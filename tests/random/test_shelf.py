"""A workload serves every design point that differs in nothing that it depends on."""

from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest

from sim import load_scenario
from sim.network import compile_network
from sim.workload import draw_workload
from sim.workload.shelf import NOT_READ, Shelf, workload_bytes, workload_digest

SMALL = ("march_2018", "run.days=0.05", "run.lead_in_h=0", "run.lead_out_h=0", "run.engine=reference")


def small(*overrides):
    return compile_network(load_scenario(*SMALL, *overrides))


def same(a, b):
    columns = [(getattr(a, f.name), getattr(b, f.name)) for f in fields(a) if f.name != "closures"]
    closures = [(getattr(a.closures, f.name), getattr(b.closures, f.name)) for f in fields(a.closures)]
    return all(np.array_equal(x, y) for x, y in columns + closures)


class Guard:
    """A network that refuses to show what no workload depends on."""

    def __init__(self, network):
        self._network = network
        self.rules = SimpleNamespace(name=network.rules.name, at=network.rules.at)

    def __getattr__(self, name):
        assert name not in NOT_READ, name
        return getattr(self._network, name)


def test_a_workload_reads_nothing_that_the_digest_leaves_out():
    network = small()
    workload = draw_workload(Guard(network), 1, 0)
    assert same(workload, draw_workload(network, 1, 0))
    assert workload.crossings(Guard(network), 0, 3).shape == (len(network.terminals.port), 3)


@pytest.mark.parametrize(
    "override",
    [
        "sampling.line2.truck=0.5",
        "detection.dog.detects.any=0.11",
        "staffing.xinhai.line2.nii=[{start: '00:00', servers: 3}]",
    ],
)
def test_ratio_staff_and_detection_change_no_workload(override):
    network, other = small(), small(override)
    assert workload_digest(other) == workload_digest(network)
    assert same(draw_workload(other, 1, 0), draw_workload(network, 1, 0))


@pytest.mark.parametrize(
    "override", ["run.days=0.06", "checkpoint=two_lines_relief", "threat.prevalence_per_100k.any=99"]
)
def test_what_changes_a_workload_changes_the_digest(override):
    assert workload_digest(small(override)) != workload_digest(small())


def drawn(calls):
    def draw(network, seed, replication):
        calls.append((seed, replication))
        return draw_workload(network, seed, replication)

    return draw


@pytest.mark.parametrize(("room", "least", "most"), [(10.0, 4, 4), (2.1, 5, 6), (0.5, 8, 8)])
def test_a_shelf_keeps_what_fits(room, least, most):
    network, again, calls = small(), small(), []
    size = max(workload_bytes(draw_workload(network, 1, r)) for r in range(4))
    shelf = Shelf(int(room * size))
    for one in (network, again):
        for replication in range(4):
            workload = shelf.take(one, (1, replication), drawn(calls))
            assert same(workload, draw_workload(one, 1, replication))
    assert least <= len(calls) <= most


def test_a_new_seed_takes_the_room_of_the_old():
    network, calls = small(), []
    shelf = Shelf(int(1.5 * workload_bytes(draw_workload(network, 1, 0))))
    for seed in (1, 2, 2, 1):
        shelf.take(network, (seed, 0), drawn(calls))
    assert calls == [(1, 0), (2, 0), (1, 0)]
