"""Steps that no unit can come to both share rows of the record and of the workload; nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import load_scenario
from sim.network import StepKind, compile_network, stream_of
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
    assert shared_rows(names, routes).row.tolist() == rows


@given(st.lists(st.lists(st.sampled_from(NAMES), unique=True)))
def test_names_on_one_route_have_rows_of_their_own(routes):
    rows = dict(zip(NAMES, shared_rows(NAMES, routes).row.tolist(), strict=True))
    for route in routes:
        assert len({rows[name] for name in route}) == len(route)
    assert {*rows.values()} == {*range(max(rows.values()) + 1)}
    longest = max((len(route) for route in routes), default=0)
    assert longest <= max(rows.values()) + 1 <= len(NAMES)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_row_and_a_unit_mean_one_step(name):
    network = compile_network(load_scenario(name, "run.days=0.05"))
    steps = network.steps
    held = (
        ((StepKind.SERVE,), steps.slot, network.serves, True),
        ((StepKind.SELECT,), steps.slot, network.selects, True),
        ((StepKind.ALARM,), steps.slot, network.alarms, True),
        ((StepKind.SERVE, StepKind.TRAVEL), steps.mark, network.durations, False),
        ((StepKind.SELECT, StepKind.ALARM), steps.mark, network.uniforms, False),
    )
    for kinds, rows, table, is_step in held:
        for source in range(len(network.sources.name)):
            here = [step for step in route_steps(network, source) if steps.kind[step] in kinds]
            named = {
                (steps.name[step] if is_step else stream_of(steps.kind[step], steps.name[step])): int(rows[step])
                for step in here
            }
            assert len({*named.values()}) == len(named)
            assert all(table.of(name) == row for name, row in named.items())
        assert table.count <= len(table.name)


def test_a_selection_that_exempts_shares_no_row_on_routes_that_it_does_not_lie_on():
    """Else a unit that never came to it could be exempt by another selection's answer."""
    network = compile_network(
        load_scenario("march_2018", "sampling.line2.car={rule: exemption, ratio: 0.2, factor: 0.5, after: line1}")
    )
    exempting = network.selects.of("line1/select")
    for source in range(len(network.sources.name)):
        here = [p for p in route_steps(network, source) if network.steps.kind[p] == StepKind.SELECT]
        if (network.rules.after[network.steps.target[here]] >= 0).any():
            assert all(network.steps.slot[p] != exempting for p in here if network.steps.name[p] != "line1/select")
