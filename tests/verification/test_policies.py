"""Sampling policies against their closed forms, through whole networks with fixed seeds."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.network import REMOVED
from sim.policy import Exemption, Quota, SkipLot, Systematic, true_positive_share

from .experiment import Disagreement, Settings, demand_agreement, exponential, in_window, replicate, scenario, waits_min

PREVALENCE = 0.2


def select(name: str, sampling: object, **more: object) -> Settings:
    return {"do": "select", "name": name, "ratio": {"any": sampling}, **more}


def technique(name: str, detects: float, false_alarms: float, **more: object) -> Settings:
    chances = {"detects": {"any": detects}, "false_alarms": {"any": false_alarms}}
    return {"do": "alarm", "name": name, **chances, **more}


def network(steps: list[Settings], per_h: float, **more: object) -> Settings:
    """One route of these steps; whoever passes them all is removed, `on` leads past them."""
    route = [*steps, {"do": "exit", "removed": True}, {"do": "exit", "label": "on"}]
    return {"routes": {"main": route}, "arrivals": {"main": {"route": "main", "rate_per_h": per_h}}, **more}


def inspected(record, slot: int = 0) -> np.ndarray:
    return (record.selects["is_selected"][slot] == 1) & (record.selects["is_full"][slot] == 0)


# Systematic: exactly every k-th, each start as likely, Erlang gaps behind.


def erlang_wait(k: int, per_min: float, minutes: float) -> float:
    """Mean wait of E_k/M/1: sigma solves sigma = (k m / (k m + mu (1 - sigma)))^k, gaps of k phases (Kendall 1953)."""
    mu, phase = 1 / minutes, per_min
    sigma = 0.5
    for _ in range(10_000):
        sigma = (phase / (phase + mu * (1 - sigma))) ** k
    return sigma / (mu * (1 - sigma))


def systematic(every: int, minutes: float) -> Settings:
    steps = [
        select("pick", {"rule": "systematic", "every": every}, otherwise="end"),
        {"do": "serve", "station": "desk", "time": exponential(minutes)},
        {"do": "exit", "label": "end"},
    ]
    return {
        "stations": {"desk": {}},
        "routes": {"main": steps},
        "arrivals": {"main": {"route": "main", "rate_per_h": 144.0}},
    }


def check_systematic(every: int, minutes: float) -> None:
    def measure(compiled, workload, record):
        chosen = np.flatnonzero(record.selects["is_selected"][0] == 1)
        assert (np.diff(chosen) == every).all()
        assert chosen[0] < every
        return {"wait": waits_min(compiled, record).mean(), "start": float(chosen[0])}

    known = {"wait": erlang_wait(every, 2.4, minutes), "start": (every - 1) / 2}
    measured = replicate(scenario(systematic(every, minutes), 200, 24, 24), measure, 20)
    demand_agreement(measured, known)
    print("systematic", known, {k: v.mean() for k, v in measured.items()})


def test_every_third_is_served_as_erlang_arrivals():
    assert erlang_wait(3, 2.4, 1.0) == pytest.approx(2.45942, abs=5e-6)
    check_systematic(3, 1.0)


def test_systematic_notices_a_fixed_start_and_random_sampling(monkeypatch):
    build = Systematic.__init__
    monkeypatch.setattr(Systematic, "__init__", lambda self, every, start: build(self, every, 0.0))
    with pytest.raises(Disagreement, match="start"):
        check_systematic(3, 1.0)
    monkeypatch.undo()
    monkeypatch.setattr(Systematic, "choose", lambda self, uniform, probability, relief: uniform < probability)
    with pytest.raises(AssertionError):
        check_systematic(3, 1.0)


# Skip-lot: Dodge's average fraction inspected.


def dodge(alarms: float, clean: int, fraction: float) -> float:
    q = 1 - alarms
    u = (1 - q**clean) / (alarms * q**clean)
    v = 1 / (fraction * alarms)
    return (u + fraction * v) / (u + v)


def check_skip_lot(alarms: float, clean: int, fraction: float) -> float:
    policy = {"rule": "skip_lot", "clean": clean, "ratio": fraction}
    steps = [select("pick", policy, otherwise="on"), technique("scan", 0.0, alarms, otherwise="on")]

    def measure(compiled, workload, record):
        return {"share": inspected(record)[in_window(compiled, record)].mean()}

    measured = replicate(scenario(network(steps, 200.0), 200, 20, 1), measure, 20)
    demand_agreement(measured, {"share": dodge(alarms, clean, fraction)})
    return float(measured["share"].mean())


@pytest.mark.parametrize(("alarms", "clean", "fraction"), [(0.05, 20, 0.1), (0.1, 10, 0.2), (0.02, 50, 0.05)])
def test_skip_lot_inspects_the_fraction_of_dodge(alarms, clean, fraction):
    print("skip-lot", dodge(alarms, clean, fraction), check_skip_lot(alarms, clean, fraction))


def test_skip_lot_notices_a_run_that_goes_on_after_an_alarm(monkeypatch):
    learn = SkipLot.learn
    monkeypatch.setattr(SkipLot, "learn", lambda self, is_alarmed: None if is_alarmed else learn(self, False))
    with pytest.raises(Disagreement):
        check_skip_lot(0.05, 20, 0.1)


# Quota: E[min(Poisson, n)] an hour.


def check_quota(per_h: float, ratio: float, most: int) -> float:
    steps = [select("pick", {"rule": "quota", "per_hour": most, "ratio": ratio}, otherwise="on")]

    def measure(compiled, workload, record):
        taken = record.units["arrival_tick"][inspected(record)]
        hours = np.bincount(taken // 3_600_000, minlength=300)
        assert hours.max() <= most
        return {"an hour": hours.mean()}

    known = sum(float(stats.poisson.sf(j - 1, per_h * ratio)) for j in range(1, most + 1))
    measured = replicate(scenario(network(steps, per_h), 300), measure, 20)
    demand_agreement(measured, {"an hour": known})
    print("quota", known, measured["an hour"].mean())
    return known


@pytest.mark.parametrize(("per_h", "ratio", "most"), [(20.0, 0.5, 10), (20.0, 1.0, 12), (60.0, 0.2, 20)])
def test_quota_takes_the_mean_of_a_cut_poisson_law(per_h, ratio, most):
    check_quota(per_h, ratio, most)


def test_quota_notices_one_more_and_one_hour_late(monkeypatch):
    probability = Quota.probability
    monkeypatch.setattr(Quota, "probability", lambda self, hour, exempt: probability(self, hour // 2, exempt))
    monkeypatch.setattr(Quota, "take", lambda self, hour, take=Quota.take: take(self, hour // 2))
    with pytest.raises(Disagreement):
        check_quota(20.0, 0.5, 10)


# Exemption: the second line spares whom the first inspected.


def check_exemption(p: tuple[float, float], d: tuple[float, float], factor: float) -> None:
    second = {"rule": "exemption", "ratio": p[1], "after": "first", "factor": factor}
    steps = [
        select("first", p[0], otherwise="between"),
        technique("scan1", d[0], 0.1, otherwise="between"),
        technique("search1", 1.0, 0.0, otherwise="between"),
        {"do": "exit", "removed": True},
        select("second", second, otherwise="on", label="between"),
        technique("scan2", d[1], 0.0, otherwise="on"),
    ]

    def measure(compiled, workload, record):
        carries = workload.carries_violation
        return {
            "inspected": inspected(record, 1)[~carries].mean(),
            "caught": (record.units["outcome"][carries] == REMOVED).mean(),
        }

    cut = network(steps, 200.0, prevalence_per_100k={"any": 100_000 * PREVALENCE})
    theta = p[0] * d[0] + ((1 - p[0]) + p[0] * (1 - d[0]) * factor) * p[1] * d[1]
    known = {"inspected": p[1] * (1 - p[0] + p[0] * factor), "caught": theta}
    measured = replicate(scenario(cut, 100), measure, 20)
    demand_agreement(measured, known)
    print("exemption", known, {k: v.mean() for k, v in measured.items()})


@pytest.mark.parametrize(
    ("p", "d", "factor"), [((0.3, 0.5), (0.6, 0.8), 0.0), ((0.5, 0.6), (0.4, 0.9), 0.25), ((0.2, 1.0), (0.8, 0.5), 0.5)]
)
def test_exemption_intercepts_what_total_probability_says(p, d, factor):
    check_exemption(p, d, factor)


def test_exemption_notices_that_nobody_is_exempt(monkeypatch):
    monkeypatch.setattr(Exemption, "probability", lambda self, hour, exempt: self.hours[hour % 24])
    with pytest.raises(Disagreement):
        check_exemption((0.3, 0.5), (0.6, 0.8), 0.0)


# Risk: a score flags the top share before the selection.


def check_risk(top: float, d_prime: float, ratio: float, detects: float, factor: float = 1.0) -> None:
    """The composition of a line: score, a selection of all that it flags, a selection of the rest, a technique."""
    caught_share = true_positive_share(top, d_prime)
    steps = [
        technique("score", caught_share * factor, top, flag=True, otherwise="rest"),
        select("pick", 1.0, then="scan", otherwise="on"),
        select("pick", ratio, label="rest", otherwise="on"),
        technique("scan", detects, 0.0, label="scan", otherwise="on"),
    ]

    def measure(compiled, workload, record):
        carries = workload.carries_violation
        return {
            "flagged": (record.alarms["is_alarmed"][0][carries] == 1).mean(),
            "false flags": (record.alarms["is_alarmed"][0][~carries] == 1).mean(),
            "inspected": inspected(record)[~carries].mean(),
            "caught": (record.units["outcome"][carries] == REMOVED).mean(),
        }

    known = {
        "flagged": float(stats.norm.cdf(d_prime + stats.norm.ppf(top))),
        "false flags": top,
        "inspected": top + (1 - top) * ratio,
    }
    known["caught"] = (known["flagged"] + (1 - known["flagged"]) * ratio) * detects
    scored = network(steps, 200.0, prevalence_per_100k={"any": 100_000 * PREVALENCE})
    measured = replicate(scenario(scored, 100), measure, 20)
    demand_agreement(measured, known)
    print("risk", known, {k: v.mean() for k, v in measured.items()})


@pytest.mark.parametrize(("top", "d_prime", "ratio"), [(0.1, 1.0, 0.05), (0.05, 2.0, 0.2), (0.3, 0.5, 0.1)])
def test_risk_finds_what_the_binormal_curve_says(top, d_prime, ratio):
    check_risk(top, d_prime, ratio, 0.7)


def test_risk_notices_a_worse_score():
    with pytest.raises(Disagreement):
        check_risk(0.1, 1.0, 0.05, 0.7, factor=0.9)


# Information system: a flag and a score in a row, three selections of one slot.


def check_flags(sensitivity: float, flagged_ratio: float, ratio: float, factor: float = 1.0) -> None:
    top, d_prime, detects = 0.1, 1.0, 0.7
    shares = (true_positive_share(top, d_prime), top)
    steps = [
        technique("information", sensitivity * factor, 0.02, flag=True, otherwise="unflagged"),
        select("pick", flagged_ratio, then="scan", otherwise="on"),
        technique("score", *shares, flag=True, label="unflagged", otherwise="rest"),
        select("pick", 1.0, then="scan", otherwise="on"),
        select("pick", ratio, label="rest", otherwise="on"),
        technique("scan", detects, 0.0, label="scan", otherwise="on"),
    ]

    def measure(compiled, workload, record):
        carries = workload.carries_violation
        return {
            "inspected": inspected(record)[~carries].mean(),
            "caught": (record.units["outcome"][carries] == REMOVED).mean(),
        }

    scored = shares[0] + (1 - shares[0]) * ratio
    known = {
        "inspected": 0.02 * flagged_ratio + 0.98 * (top + (1 - top) * ratio),
        "caught": (sensitivity * flagged_ratio + (1 - sensitivity) * scored) * detects,
    }
    flagged = network(steps, 200.0, prevalence_per_100k={"any": 100_000 * PREVALENCE})
    measured = replicate(scenario(flagged, 100), measure, 20)
    demand_agreement(measured, known)
    print("flags", known, {k: v.mean() for k, v in measured.items()})


@pytest.mark.parametrize(("sensitivity", "flagged", "ratio"), [(0.3, 1.0, 0.05), (0.5, 0.8, 0.1), (0.15, 0.9, 0.3)])
def test_flags_lead_carriers_to_their_own_selection(sensitivity, flagged, ratio):
    check_flags(sensitivity, flagged, ratio)


def test_flags_notice_a_system_that_knows_less():
    with pytest.raises(Disagreement):
        check_flags(0.5, 1.0, 0.05, factor=0.8)


def test_closed_forms_at_their_ends():
    assert math.isclose(dodge(0.1, 5, 1.0), 1.0)
    assert true_positive_share(0.2, 0.0) == pytest.approx(0.2)
    assert true_positive_share(1.0, 2.0) == 1.0
    assert true_positive_share(0.0, 2.0) == 0.0
