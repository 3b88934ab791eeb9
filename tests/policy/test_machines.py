"""Each machine on a sequence short enough to follow with a pencil."""

import subprocess
import sys

import numpy as np
import pytest

from sim.policy import Exemption, Quota, Ratio, Relief, SkipLot, Systematic, make_policies, true_positive_share
from tests.architecture.source import PACKAGE, imported, modules, room_of

ALWAYS = [1.0] * 24


def choices(policy, *uniforms, hour=0, relief=1.0, exempt=False):
    chosen = []
    for uniform in uniforms:
        chosen.append(policy.choose(uniform, policy.probability(hour, exempt) * relief, relief))
    return chosen


def test_a_ratio_is_that_of_the_hour():
    policy = Ratio([h / 100 for h in range(24)])
    assert [policy.probability(h, False) for h in (0, 7, 23, 24, 31)] == [0.0, 0.07, 0.23, 0.0, 0.07]
    assert choices(Ratio([0.5] * 24), 0.0, 0.49, 0.5, 0.9) == [True, True, False, False]
    assert choices(Ratio([0.0] * 24), 0.0) == [False]


@pytest.mark.parametrize(("start", "first"), [(0.0, 0), (0.34, 1), (0.66, 1), (0.67, 2), (1 - 2**-53, 2)])
def test_systematic_takes_every_third_from_its_start(start, first):
    policy = Systematic(3, start)
    chosen = choices(policy, *[0.99] * 9)
    assert [n for n, is_chosen in enumerate(chosen) if is_chosen] == [first, first + 3, first + 6]
    assert policy.probability(5, False) == 1 / 3


def test_relief_keeps_a_systematic_pick_with_its_factor_and_the_count_goes_on():
    policy = Systematic(2, 0.0)
    assert choices(policy, 0.4, 0.1, relief=0.5) == [True, False]
    assert choices(policy, 0.6, 0.1, relief=0.5) == [False, False]
    assert choices(policy, 0.6, 0.1) == [True, False]


def test_every_unit_is_every_first():
    assert choices(Systematic(1, 0.7), 0.9, 0.9) == [True, True]


def test_exemption_cuts_the_ratio_of_the_inspected():
    policy = Exemption([0.4] * 24, after=2, factor=0.25)
    assert (policy.after, policy.probability(3, False), policy.probability(3, True)) == (2, 0.4, 0.1)
    assert choices(policy, 0.2, 0.05) == [True, True]
    assert choices(policy, 0.2, 0.05, exempt=True) == [False, True]
    assert choices(Exemption([1.0] * 24, 0, 0.0), 0.0, exempt=True) == [False]


def test_skip_lot_counts_to_its_run_and_begins_again():
    policy = SkipLot([0.1] * 24, clean=2)
    seen = []
    for is_alarmed in (False, True, False, False, False, True, False, False):
        seen.append(policy.probability(0, False))
        policy.learn(is_alarmed)
    seen.append(policy.probability(0, False))
    # The first clean one is undone by the alarm; then two clean ones, sampling, a third; an alarm; two clean ones.
    assert seen == [1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 1.0, 1.0, 0.1]
    assert policy.learns
    assert not Ratio([0.1] * 24).learns


def test_a_quota_counts_what_was_taken_in_its_hour():
    policy = Quota(ALWAYS, most=2)
    seen = []
    for hour, is_taken in ((0, True), (0, False), (0, True), (0, False), (1, True), (1, True), (1, True), (24, True)):
        seen.append(policy.probability(hour, False))
        if is_taken and seen[-1]:
            policy.take(hour)
    # The second was chosen but waived: it uses nothing up. Hour 24 is not hour 0.
    assert seen == [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0]
    assert Quota(ALWAYS, most=0).probability(0, False) == 0.0


def test_relief_has_hysteresis():
    relief = Relief(above=4, below=1, factor=0.5)
    seen = []
    for waiting in (3, 4, 3, 2, 1, 2, 3, 4, 5, 0):
        relief.see(waiting)
        seen.append(relief.is_on)
    assert seen == [False, True, True, True, False, False, False, True, True, False]


@pytest.mark.parametrize(
    ("top_share", "d_prime", "share"),
    [(0.1, 1.0, 0.389144), (0.5, 1.0, 0.841345), (0.1, 0.0, 0.1), (0.0, 3.0, 0.0), (1.0, 0.5, 1.0)],
)
def test_the_binormal_curve(top_share, d_prime, share):
    # Tables of the normal law: z(0.1) = -1.281552, Phi(-0.281552) = 0.389144; Phi(1) = 0.841345.
    assert true_positive_share(top_share, d_prime) == pytest.approx(share, abs=1e-6)


class Table:
    """One rule of five classes."""

    policy = np.array([[0, 1, 2, 3, 4]])
    ratio = np.array([[[0.3] * 24, [0.2] * 24, [0.4] * 24, [0.1] * 24, [1.0] * 24]])
    count = np.array([[0, 5, 0, 20, 7]])
    factor = np.array([[1.0, 1.0, 0.5, 1.0, 1.0]])
    after = np.array([[-1, -1, 3, -1, -1]])


def test_machines_come_from_flat_tables_and_are_fresh():
    start = np.full((1, 5), 0.5)
    ((plain, systematic, exemption, skip_lot, quota),) = make_policies(Table, start)
    assert [type(p) for p in (plain, systematic, exemption, skip_lot, quota)] == [
        Ratio,
        Systematic,
        Exemption,
        SkipLot,
        Quota,
    ]
    assert (systematic.every, systematic.start) == (5, 2)
    assert (exemption.after, exemption.factor) == (3, 0.5)
    assert (skip_lot.clean, quota.most) == (20, 7)
    quota.take(0)
    assert make_policies(Table, start)[0][4].taken == 0


def test_the_room_knows_nothing_of_the_others():
    names = {name for path in modules() if room_of(path) == "policy" for _, name in imported(path)}
    assert {n for n in names if n.startswith("sim.")} <= {
        f"sim.policy.{p.stem}" for p in (PACKAGE / "policy").glob("*.py")
    }
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, sim.policy; print(*sorted(m.split('.')[0] for m in sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"pydantic", "simpy", "numpy", "scipy"} & set(loaded)
