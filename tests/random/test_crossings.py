"""Crossing times are those of the triangular law of each terminal, however many are asked for at a time."""

import numpy as np

from sim import load_scenario
from sim.network import compile_network
from sim.workload import draw_workload
from sim.workload.crossings import draw_crossings
from sim.workload.laws import quantile_ticks, triangular
from sim.workload.streams import identities, stream_key, uniforms

NETWORK = compile_network(load_scenario("march_2018", "run.days=0.01", "run.lead_in_h=0", "run.lead_out_h=0"))


def test_each_terminal_has_its_law():
    seed, replication, terminals = 3, 2, NETWORK.terminals
    drawn = draw_crossings(NETWORK, seed, replication, 5, 40)
    assert drawn.shape == (len(terminals.port), 40)
    for terminal, port in enumerate(terminals.port):
        name = f"{terminals.service[terminal]}/{NETWORK.ports.name[port]}"
        u = uniforms(stream_key(seed, replication, f"crossing/{name}"), identities(name, np.arange(5, 45)))
        law = tuple(float(ticks) / 1000 for ticks in terminals.crossing_ticks[terminal])
        assert drawn[terminal].tolist() == quantile_ticks(u, "triangular", law).tolist()
    assert len({row.tobytes() for row in drawn}) == len(drawn)


def test_crossings_do_not_depend_on_how_many_are_asked_for():
    at_once = draw_workload(NETWORK, 1, 0).crossings(NETWORK, 0, 300)
    workload = draw_workload(NETWORK, 1, 0)
    pieces = [workload.crossings(NETWORK, first, 30) for first in range(0, 300, 30)]
    assert np.array_equal(np.concatenate(pieces, axis=1), at_once)
    assert workload.crossing_ticks(NETWORK, 3, 299) == at_once[3, 299]


def test_a_triangle_without_width_is_its_only_time():
    assert triangular(np.array([0.0, 0.3, 0.999]), 7.0, 7.0, 7.0).tolist() == [7.0, 7.0, 7.0]
