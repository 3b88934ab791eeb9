"""Services that no unit can come to both share rows of the record; nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import load_scenario
from sim.network import StepKind, compile_network
from sim.network.rows import shared_rows
from sim.record import route_steps
from tests.architecture.source import ROOT

SCENARIOS = sorted(path.stem for path in (ROOT / "configs" / "scenario").glob("*.yaml"))
NAMES = ("a", "b", "c", "d", "e", "f")


@pytest.mark.parametrize(
    ("routes", "rows"),
    [
        (["ab"], [0, 1]),
        (["ab", "cd"], [0, 1, 0, 1]),
        (["ab", "bc"], [0, 1, 0]),
        (["abc", "bd", "cd"], [0, 1, 2, 0]),
        (["a", "b", "c", "abc"], [0, 1, 2]),
        ([], []),
    ],
)
def test_rows_of_routes(routes, rows):
    names = sorted({name for route in routes for name in route})
    assert shared_rows(names, routes).tolist() == rows


@given(st.lists(st.lists(st.sampled_from(NAMES), unique=True)))
def test_names_on_one_route_have_rows_of_their_own(routes):
    rows = dict(zip(NAMES, shared_rows(NAMES, routes).tolist(), strict=True))
    for route in routes:
        assert len({rows[name] for name in route}) == len(route)
    assert {*rows.values()} == {*range(max(rows.values()) + 1)}
    longest = max((len(route) for route in routes), default=0)
    assert longest <= max(rows.values()) + 1 <= len(NAMES)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_row_and_a_unit_mean_one_step(name):
    network = compile_network(load_scenario(name, "run.days=0.05"))
    steps, longest = network.steps, 0
    for source in range(len(network.sources.name)):
        serves = [step for step in route_steps(network, source) if steps.kind[step] == StepKind.SERVE]
        assert len({*steps.slot[serves].tolist()}) == len(serves)
        for step in serves:
            assert network.serve_slots[steps.mark[step]] == steps.name[step]
            assert network.serve_rows[steps.mark[step]] == steps.slot[step]
        longest = max(longest, len(serves))
    assert network.serve_row_count == longest
