"""Concealment levels, flags, merged lines and marginal gains: q_seq against closed forms and counted carriers."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from sim.metrics import reduce_replication, reduction_from_frame, theta_by_level
from sim.metrics.interception import (
    expected_sums,
    history_sums,
    line_detection,
    marginal_gains,
    sequential_contributions,
)
from sim.metrics.passages import passages
from sim.metrics.path import trace_path, units_by_source
from sim.network import REMOVED

from .builders import built, checkpoint, constant, ran
from .builders import line as plain_line

Z = 4.892  # one in a million
FIXED = ({"ratio": {"any": 0.3}}, {"ratio": {"any": 0.5}})
FULL = ({"ratio": {"any": 1.0}}, {"ratio": {"any": 1.0}})
RELIEF = (
    {"ratio": {"any": 0.6}, "relief": {"station": "line1/nii", "above": 3, "below": 1, "factor": 0.25}},
    {"ratio": {"any": 0.5}, "full_station": "line2/nii"},
)
LEVELS = {"concealment": {"any": {"easy": 0.5, "hard": 0.5}}}
BY_LEVEL = {"any": {"easy": 0.9, "hard": 0.1}}


def of_source(network, replication=0):
    network, workload, record = ran(network, replication)
    (units,) = units_by_source(network, workload)
    return passages(network, trace_path(network, workload, record, 0, units)), workload, record


def techniques(network, detects, names=("line1/nii", "line2/nii"), **more):
    """Change the techniques of the first route."""
    for step in network["routes"]["main"]:
        if step["do"] == "alarm" and step["name"] in names:
            step.update({"detects": detects} | more)
    return network


def flag(chances, after):
    """An information system: no post, no time, an answer."""
    detects, false_alarms = ({"any": chance} for chance in chances)
    return {"do": "alarm", "name": "info", "detects": detects, "false_alarms": false_alarms, "otherwise": after}


def line(name, select, after, technique=(0.8, 0.1)):
    return plain_line(name, select, technique, after)


def flagged(chances=(0.7, 0.2), ratios=(0.9, 0.2), second=0.4, hidden=None):
    """A flag before line 1: one slot, two ratios; then line 2, where only units that line 1 did not select are drawn.

    Whoever line 1 selected jumps over line 2: the ratio there depends on the unit's own draw.
    """
    low, *inspection = line("line1", {"ratio": {"any": ratios[1]}}, "at_line2")
    for step in inspection:
        if step.get("otherwise"):
            step["otherwise"] = "out"
    inspection[0]["label"] = "in_line1"
    network = checkpoint(*FIXED, per_h=150.0)
    network["routes"]["main"] = [
        flag(chances, "at_line1"),
        {key: low[key] for key in ("do", "name", "otherwise")} | {"ratio": {"any": ratios[0]}, "then": "in_line1"},
        low,
        *inspection,
        *line("line2", {"ratio": {"any": second}}, "out"),
        {"do": "exit", "label": "out"},
    ]
    for station in network["stations"].values():
        station["servers"] = 40
    if hidden:
        network |= LEVELS
        network["routes"]["main"][0]["detects"] = {"any": hidden}
    return network


def brute_force(settings, replications=8, prevalence=0.1, rule=None):
    """How far removed carriers lie from the estimate, in standard errors of the count; and the estimate.

    Innocent and carrying units run at the same time, so that both see the same queues.
    """
    rule = rule or (lambda lines: sequential_contributions(lines).sum(axis=0))
    network = built(settings | {"prevalence_per_100k": {"any": prevalence * 1e5}}, hours=24)
    expected, innocents, caught, carriers = 0.0, 0, 0, 0
    for replication in range(replications):
        lines, workload, record = of_source(network, replication)
        carries, outcome = workload.carries_violation, record.units["outcome"]
        assert (outcome > 0).all()
        expected += float(network.level_share[0] @ rule(lines)[:, ~carries].sum(axis=1))
        innocents += int((~carries).sum())
        caught += int((outcome[carries] == REMOVED).sum())
        carriers += int(carries.sum())
    theta = expected / innocents
    return (caught / carriers - theta) / np.sqrt(theta * (1 - theta) / carriers), theta


def product_of_recorded(lines):
    """q_prod = 1 - prod(1 - p d): biased as soon as a unit's own draw changes a later ratio."""
    by_name = {}
    for passage in lines:
        by_name[passage.name] = by_name.get(passage.name, 0.0) + passage.probability * passage.detects[:, None]
    return 1 - np.prod([1 - chance for chance in by_name.values()], axis=0)


def false_finds(settings):
    """A search that also removes innocent units."""
    return techniques(settings, {"any": 0.7}, ("line1/search",), false_alarms={"any": 0.5})


def relieved(**more):
    network = checkpoint(*RELIEF, per_h=150.0)
    network["stations"]["line2/nii"]["queue_limit"] = 2
    return network | more


EXEMPTION = {"rule": "exemption", "ratio": 0.9, "after": "line1/select"}
SKIP_LOT = {"rule": "skip_lot", "clean": 5, "ratio": 0.2}
QUOTA = {"rule": "quota", "per_hour": 40, "ratio": 0.5}
SYSTEMATIC = {"rule": "systematic", "every": 3}
BY_HOUR = [0.1, 0.9, 0.4] * 8


def policies(first, second, relief=False):
    """A policy at each of two lines, perhaps under relief at the first."""
    network = checkpoint({"ratio": {"any": first}}, {"ratio": {"any": second}}, per_h=150.0)
    if relief:
        network["routes"]["main"][0]["relief"] = RELIEF[0]["relief"]
    return network


POLICIES = {
    "by hour": lambda: policies(BY_HOUR, 0.5),
    "exemption": lambda: policies(0.5, EXEMPTION),
    "part exemption under relief": lambda: policies(0.6, EXEMPTION | {"factor": 0.3}, relief=True),
    "skip-lot": lambda: policies(SKIP_LOT, 0.5),
    "skip-lot twice under relief": lambda: policies(SKIP_LOT, SKIP_LOT, relief=True),
    "quota": lambda: policies(QUOTA, QUOTA | {"per_hour": 20}),
    "quota under relief, then exemption": lambda: policies(QUOTA, EXEMPTION, relief=True),
    "systematic": lambda: policies(SYSTEMATIC, SYSTEMATIC | {"every": 2}),
    "systematic under relief, then skip-lot": lambda: policies(SYSTEMATIC, SKIP_LOT, relief=True),
    "fixed": lambda: checkpoint(*FIXED, per_h=150.0),
    "relief": relieved,
    "levels": lambda: techniques(relieved(**LEVELS), BY_LEVEL),
    "exempt by route": lambda: flagged(chances=(0.3, 0.3)),
    "flag": flagged,
    "flag by level": lambda: flagged(hidden={"easy": 0.9, "hard": 0.1}),
    "false finds": lambda: false_finds(checkpoint({"ratio": {"any": 0.8}}, FIXED[1], per_h=100.0)),
}
"""A policy is one line here: a function that returns a network whose units all leave in a day."""


@pytest.mark.parametrize("policy", POLICIES)
def test_q_is_unbiased(policy):
    z, theta = brute_force(POLICIES[policy]())
    assert abs(z) < Z
    assert 0.1 < theta < 0.9


def test_the_product_of_recorded_ratios_is_biased():
    z, theta = brute_force(flagged(chances=(0.3, 0.3), ratios=(0.5, 0.5), second=0.9), rule=product_of_recorded)
    _, right = brute_force(flagged(chances=(0.3, 0.3), ratios=(0.5, 0.5), second=0.9))
    assert abs(z) > Z
    assert theta / right - 1 < -0.05


def test_the_product_is_biased_under_exemption():
    """METHODS: minus 5 % to minus 9 %, as soon as an inspection spares a unit a later one; here closed form."""
    network = policies(0.5, EXEMPTION)
    for station in network["stations"].values():
        station["servers"] = 40
    z, theta = brute_force(network, rule=product_of_recorded)
    _, right = brute_force(network)
    # d at both lines is that of the technique and the search behind it.
    assert abs(z) > Z
    assert theta / right - 1 < -0.05


def test_without_weights_a_flag_is_seen_to_be_forgotten():
    z, _ = brute_force(
        flagged(), rule=lambda lines: sequential_contributions([unweighted(p) for p in lines]).sum(axis=0)
    )
    assert abs(z) > Z


def unweighted(passage):
    return replace(passage, prior=np.ones_like(passage.prior), flags=None)


def test_flags_that_choose_between_fixed_ratios_add_no_variance():
    lines, _, _ = of_source(built(flagged(), hours=24))
    share = 0.7 * 0.9 + 0.3 * 0.2  # of carriers that are selected at line 1
    assert sequential_contributions(lines).sum(axis=1)[:2].sum(axis=0) == pytest.approx(share * lines[0].detects[0])


def relieved_flags():
    """Flags as above, where a long queue lowers the ratio of those without one: no fixed ratio to average over."""
    settings = flagged()
    settings["stations"]["line1/nii"]["servers"] = 1
    settings["routes"]["main"][2]["relief"] = {"station": "line1/nii", "above": 2, "below": 1, "factor": 0.25}
    return settings


def test_flags_beside_a_ratio_that_adapts_are_unbiased():
    lines, _, _ = of_source(built(relieved_flags(), hours=24))
    assert all(line.flags is None for line in lines)
    z, _ = brute_force(relieved_flags())
    assert abs(z) < Z


def theta_of(settings, hours=24):
    network = built(settings, hours=hours)
    lines, _, _ = of_source(network)
    return dict(
        zip(network.level_name, sequential_contributions(lines).sum(axis=0).mean(axis=1), strict=True)
    ), network.level_share[0]


def test_a_hidden_mixture_lowers_interception():
    """Two full lines, P_D 0.5 each: independent 0.75; levels of 0.9 and 0.1: 0.59."""
    independent, _ = theta_of(techniques(checkpoint(*FULL, per_h=20.0), {"any": 0.5}))
    hidden, share = theta_of(techniques(checkpoint(*FULL, per_h=20.0) | LEVELS, BY_LEVEL))
    assert independent["usual"] == pytest.approx(0.75, rel=1e-12)
    assert hidden == pytest.approx({"easy": 0.99, "hard": 0.19}, rel=1e-12)
    assert share @ [*hidden.values()] == pytest.approx(0.59, rel=1e-12)


def flag_closed_form(chances, ratios, second):
    """A flag, one ratio for flagged units and one for others, line 2 for those that line 1 did not select."""
    detects, ratios = chances[0], np.array(ratios)
    reached = np.array([detects, 1 - detects])
    return float(reached @ (ratios * 0.8 + (1 - ratios) * second * 0.8))


@pytest.mark.parametrize("chances", [(0.7, 0.2), (0.05, 0.6), (1.0, 0.5), (0.0, 0.3)])
def test_flags_give_the_closed_form(chances):
    network = built(flagged(chances), hours=24)
    q = np.concatenate([sequential_contributions(of_source(network, r)[0]).sum(axis=(0, 1)) for r in range(4)])
    z = (q.mean() - flag_closed_form(chances, (0.9, 0.2), 0.4)) / (q.std() / np.sqrt(len(q)))
    assert abs(z) < Z


def test_selects_of_one_slot_are_one_line():
    network = built(flagged(), hours=24)
    lines, _, _ = of_source(network)
    assert [p.name for p in lines] == ["line1/select", "line1/select", "line2/select"]
    (sums,) = history_sums(lines, np.ones(len(lines[0].probability), bool))
    assert set(sums) == {"line1/select", "line2/select"}  # whoever was inspected at line 1 skips line 2
    (one, other, _) = lines
    assert not (one.is_drawn & other.is_drawn).any()
    assert (one.is_drawn | other.is_drawn).all()


def nested():
    """A share of the units comes by the post at all; of these a share is inspected."""
    network = checkpoint(*FIXED, per_h=100.0)
    first, second = (line(n, {"ratio": {"any": 0.6}}, a) for n, a in (("line1", "at_line2"), ("line2", "out")))
    reach = {"do": "select", "name": "reach", "ratio": {"any": 0.25}, "otherwise": "out", "label": "at_line2"}
    del second[0]["label"]
    network["routes"]["main"] = [*first, reach, *second, {"do": "exit", "label": "out"}]
    return network


def test_a_select_that_only_leads_to_another_is_history():
    lines, workload, _ = of_source(built(nested(), hours=24))
    assert [p.name for p in lines] == ["line1/select", "line2/select"]
    assert (lines[1].probability == 0).mean() == pytest.approx(0.75, abs=Z * 0.43 / np.sqrt(len(workload.source)))
    z, _ = brute_force(nested())
    assert abs(z) < Z


def test_a_find_of_an_innocent_unit_weights_those_that_stay():
    lines, _, _ = of_source(built(false_finds(checkpoint(FULL[0], FIXED[1], per_h=50.0)), hours=24))
    # P_FA of scanner and search: 0.05 and 0.5.
    gone = lines[1].probability == 0
    assert lines[1].weight[0, ~gone] == pytest.approx(1 / (1 - 0.025), rel=1e-12)
    assert gone.any()


SLIDES = {"easy": 0.65, "hard": 0.3}


@pytest.mark.parametrize("settings", [relieved(**LEVELS), nested() | LEVELS], ids=["relief", "nested"])
def test_sliding_equals_simulating_again(settings):
    """Nobody carries, so paths are the same whatever the techniques find."""
    network = built(techniques(deepcopy(settings), BY_LEVEL), hours=24)
    lines, _, _ = of_source(network)
    units = len(lines[0].probability)
    sums = dict(zip(network.level_name, history_sums(lines, np.ones(units, bool)), strict=True))
    again = techniques(deepcopy(settings), {"any": SLIDES})
    again["concealment"] = {"any": {"easy": 0.2, "hard": 0.8}}
    theta, _ = theta_of(again)
    found = theta_by_level(sums, units, line_detection(built(again), 0))
    assert found == pytest.approx(theta, rel=1e-12)
    assert theta_by_level(sums, units, dict.fromkeys(line_detection(network, 0), 1.0))["easy"] > theta["easy"]


def test_sliding_down_from_a_sure_technique():
    """Line 1 finds all and removes some innocent units; those that stay stand for the carriers of a lower P_D."""
    sure = techniques(checkpoint({"ratio": {"any": 0.8}}, FIXED[1]), {"any": 1.0}, ("line1/nii",))
    sure, less = (
        techniques(deepcopy(sure), {"any": d}, ("line1/search",), false_alarms={"any": 0.5}) for d in (1.0, 0.5)
    )
    lines, _, _ = of_source(built(sure, hours=24))
    everybody = np.ones(len(lines[0].probability), bool)
    sums = {"usual": history_sums(lines, everybody)[0]}
    assert line_detection(built(sure), 0)["line1/select"] == {"usual": 1.0}
    again, _ = theta_of(less)
    found = theta_by_level(sums, len(everybody), line_detection(built(less), 0))
    assert found["usual"] == pytest.approx(again["usual"], rel=1e-12)


def test_sliding_keeps_the_weights_of_flags():
    network = built(flagged(), hours=24)
    lines, _, _ = of_source(network)
    everybody = np.ones(len(lines[0].probability), bool)
    sums = {"usual": history_sums(lines, everybody)[0]}
    again, _ = theta_of(techniques(flagged(), {"any": 0.35}))
    detects = {"line1/select": 0.35, "line2/select": 0.35}
    assert theta_by_level(sums, len(everybody), detects)["usual"] == pytest.approx(again["usual"], rel=1e-12)


def gains_of(settings, replications=1):
    network = built(settings, hours=24)
    total, units, names = 0.0, 0, []
    for replication in range(replications):
        lines, _, _ = of_source(network, replication)
        everybody = np.ones(len(lines[0].probability), bool)
        total = total + marginal_gains(lines, everybody)
        units += len(everybody)
        names = [p.name for p in lines]
    return names, total / units


def test_marginal_gain_is_that_of_the_closed_form():
    """theta = 1 - (1 - 0.3 x 0.8)(1 - 0.5 x 0.6), by central differences of it."""

    def theta(p, q):
        return 1 - (1 - p * 0.8) * (1 - q * 0.6)

    step = 1e-6
    expected = [(theta(0.3 + step, 0.5) - theta(0.3 - step, 0.5)) / (2 * step)]
    expected += [(theta(0.3, 0.5 + step) - theta(0.3, 0.5 - step)) / (2 * step)]
    _, gains = gains_of(checkpoint(*FIXED, per_h=150.0))
    assert gains[0, 0] == pytest.approx(expected[0], rel=1e-8)
    # The history at line 1 is the realised one: 0.3 of about 3000 units.
    assert gains[1, 0] == pytest.approx(expected[1], abs=Z * 0.6 * 0.8 * np.sqrt(0.3 * 0.7 / 3000))


def test_marginal_gain_by_level():
    half = ({"ratio": {"any": 0.5}}, {"ratio": {"any": 0.5}})
    _, gains = gains_of(techniques(checkpoint(*half, per_h=20.0) | LEVELS, BY_LEVEL))
    assert gains[0] == pytest.approx([0.9 * (1 - 0.5 * 0.9), 0.1 * (1 - 0.5 * 0.1)], rel=1e-12)


def test_a_ratio_of_one_has_nothing_to_gain():
    _, gains = gains_of(techniques(checkpoint(*FULL, per_h=20.0) | LEVELS, BY_LEVEL))
    assert not gains.any()


def test_marginal_gain_of_flags_is_that_of_who_is_not_flagged():
    """Raising both ratios, each below 1, gains on every carrier; where a flag is sure to select, on the others only."""
    for ratios, share in (((0.9, 0.2), 1.0), ((1.0, 0.2), 0.3)):
        settings = flagged(ratios=ratios, second=0.0)
        lines, _, _ = of_source(built(settings, hours=24))
        names, gains = gains_of(settings)
        at_line1 = sum(gain[0] for name, gain in zip(names, gains, strict=True) if name.startswith("line1"))
        assert at_line1 == pytest.approx(share * lines[0].detects[0], rel=1e-9)


def test_marginal_gain_under_exemption_can_be_negative():
    """Inspection at line 1 (P_D 0.1) spares the unit line 2 (P_D 0.8, ratio 0.9)."""
    network = techniques(flagged(chances=(0.3, 0.3), ratios=(0.5, 0.5), second=0.9), {"any": 0.1}, ("line1/nii",))
    names, gains = gains_of(network, 4)
    first = sum(g[0] for name, g in zip(names, gains, strict=True) if name == "line1/select")
    assert first == pytest.approx(0.1 - 0.9 * 0.8, rel=1e-9)


def test_marginal_gain_is_that_of_simulating_again():
    """Central difference under common random numbers, station queues without effect on the ratios."""
    step, low, high, here = 0.05, [], [], []
    for replication in range(6):
        for ratio, found in ((0.3 - step, low), (0.3 + step, high)):
            lines, _, _ = of_source(built(checkpoint({"ratio": {"any": ratio}}, FIXED[1]), hours=24), replication)
            found.append(sequential_contributions(lines).sum(axis=(0, 1)).mean())
        lines, _, _ = of_source(built(checkpoint(*FIXED), hours=24), replication)
        everybody = np.ones(len(lines[0].probability), bool)
        here.append(marginal_gains(lines, everybody)[0, 0] / len(everybody))
    slopes = (np.array(high) - np.array(low)) / (2 * step)
    error = slopes.std(ddof=1) / np.sqrt(len(slopes))
    assert abs(slopes.mean() - np.mean(here)) < 11 * error  # Student t, 5 degrees of freedom, 1e-4
    assert error < 0.05 * slopes.mean()


def test_a_reduction_keeps_levels_and_histories():
    network = built(techniques(relieved(**LEVELS), BY_LEVEL) | {"prevalence_per_100k": {"any": 20_000.0}}, hours=24)
    compiled, workload, record = ran(network)
    reduction = reduce_replication(compiled, workload, record)
    back = reduction_from_frame(reduction.to_frame())
    assert (back.sums, back.by_level, back.history) == (reduction.sums, reduction.by_level, reduction.history)
    place = ("none", "none", "all", "all", "unit")
    by_level = {k[-1]: v for k, v in reduction.by_level.items() if k[:6] == ("expected_interception", *place)}
    whole = reduction.sums["expected_interception", *place]
    share = compiled.level_share[0]
    mixed = sum(p * by_level[level][0] for p, level in zip(share, compiled.level_name, strict=True))
    assert whole[0] / whole[1] == pytest.approx(mixed / by_level["easy"][1], rel=1e-12)
    found = {k[-1]: v for k, v in reduction.by_level.items() if k[:6] == ("realised_interception", *place)}
    realised = reduction.sums["realised_interception", *place]
    assert realised == tuple(np.sum([*found.values()], axis=0))
    assert found["easy"][0] / found["easy"][1] > found["hard"][0] / found["hard"][1]
    sums = {k[4]: v[0] for k, v in reduction.history.items() if k[-1] == "hard"}
    theta = theta_by_level({"hard": sums}, by_level["hard"][1], line_detection(compiled, 0))["hard"]
    assert theta == pytest.approx(by_level["hard"][0] / by_level["hard"][1], rel=1e-12)
    lines, _, _ = of_source(compiled)
    assert expected_sums(lines, ~workload.carries_violation).sum(axis=0)[1] == pytest.approx(by_level["hard"][0])


def test_a_line_without_a_selection_counts_too():
    network = checkpoint(*FIXED, per_h=50.0)
    network["routes"]["main"] = [
        {"do": "serve", "station": "line1/nii", "time": constant(5.0)},
        flag((0.4, 0.0), "out"),
        {"do": "exit", "removed": True},
        {"do": "exit", "label": "out"},
    ]
    theta, _ = theta_of(network)
    assert theta == {"usual": 0.4}
