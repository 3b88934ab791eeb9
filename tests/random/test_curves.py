"""Curves stay within their tolerance of the laws, and say nothing where they do not."""

import numpy as np
import pytest

from sim.network import compile_network
from sim.scenario import make_scenario
from sim.workload import curves, drawing
from sim.workload.curves import DEGREE, HALVINGS, SIDE, SPLIT_BITS, TOLERANCE, curve_of, split
from sim.workload.laws import QUANTILES

from .test_drawing import differences
from .worlds import LAWS, small_world

SHAPES = [(family, LAWS[family]) for family in LAWS] + [
    *(("lognormal", (1.0, cv)) for cv in (0.05, 0.3, 1.0, 2.0)),
    *(("gamma", (1.0, cv)) for cv in (0.1, 0.25, 1.0, 1.5)),
    ("triangular", (0.0, 0.0, 60.0)),
    ("triangular", (60.0, 60.0, 60.0)),
    ("uniform", (0.0, 1.0)),
]


def follow(u, family, law):
    """Values of a curve, NaN where it says nothing: the steps of the compiled code in numpy."""
    (family, law), scale = split(family, law)
    side = np.minimum(u, 1 - u)
    bits = side.view(np.int64)
    shift = 52 - SPLIT_BITS
    segment = np.maximum((bits >> shift) - ((1022 - HALVINGS) << SPLIT_BITS) + 1, 0) + SIDE * (u >= 0.5)
    place = (bits & ((1 << shift) - 1)) * 2.0**-shift
    coefficients = curve_of(family, law)[segment]
    value = coefficients[:, DEGREE]
    for power in range(DEGREE - 1, -1, -1):
        value = value * place + coefficients[:, power]
    return scale * value


def uniforms(size):
    """Uniforms as streams give them, and many close to either end."""
    rng = np.random.default_rng(1)
    even = rng.integers(0, 2**53, size).astype(float) * 2.0**-53
    near = rng.integers(1, 2**33, size).astype(float) * 2.0**-53
    ends = np.array([0.0, 2.0**-53, 0.25, 0.5, np.nextafter(0.5, 0), 0.75, 1 - 2.0**-53])
    return np.concatenate([even, near, 1 - near, ends])


@pytest.mark.parametrize(("family", "law"), SHAPES)
def test_a_curve_is_within_its_tolerance(family, law):
    u = uniforms(100_000)
    said, exact = follow(u, family, law), QUANTILES[family](u, law)
    speaks = np.isfinite(said)
    assert (abs(said[speaks] - exact[speaks]) <= TOLERANCE * abs(exact[speaks])).all()


@pytest.mark.parametrize(
    ("family", "share"),
    [
        *((name, 0.999) for name in sorted(LAWS) if name not in ("triangular", "empirical")),
        ("triangular", 0.95),
        ("empirical", 0.9),
    ],
)
def test_a_curve_says_nearly_everything(family, share):
    u = uniforms(100_000)[:100_000]
    assert np.isfinite(follow(u, family, LAWS[family])).mean() >= share


def test_a_curve_says_nothing_close_to_the_ends_and_in_the_middle_itself():
    u = np.array([0.0, 2.0**-53, 2.0 ** -(HALVINGS + 2), 0.5, 1 - 2.0 ** -(HALVINGS + 2), 1 - 2.0**-53])
    assert np.isnan(follow(u, "exponential", (90.0,))).all()


def test_a_curve_leaves_out_a_kink():
    law = (10.0, 20.0, 60.0)
    kink = np.array([(20.0 - 10.0) / (60.0 - 10.0)])
    assert np.isnan(follow(kink, "triangular", law)).all()
    assert np.isfinite(follow(kink + 0.05, "triangular", law)).all()


def test_means_share_a_curve():
    assert split("lognormal", (60.0, 0.5)) == (("lognormal", (1.0, 0.5)), 60.0)
    assert split("uniform", (10.0, 60.0)) == (("uniform", (10.0, 60.0)), 1.0)


@pytest.mark.parametrize("family", sorted(LAWS))
def test_laws_decide_what_curves_leave_open(family, monkeypatch):
    """With curves that say nothing at all every duration is in doubt, and is the same."""
    settings = small_world()
    names = {
        "constant": ("mean_s",),
        "exponential": ("mean_s",),
        "lognormal": ("mean_s", "cv"),
        "gamma": ("mean_s", "cv"),
    }
    names |= {"uniform": ("low_s", "high_s"), "triangular": ("low_s", "mode_s", "high_s")}
    figures = (
        {"samples_s": list(LAWS[family])}
        if family == "empirical"
        else dict(zip(names[family], LAWS[family], strict=True))
    )
    settings["network"]["routes"]["main"][0]["time"] = {"any": {"family": family, **figures}}
    ordinary, settled = drawing._settle, []

    def settle(design, units, doubts):
        settled.append(len(doubts.place))
        ordinary(design, units, doubts)

    monkeypatch.setattr(drawing, "_settle", settle)
    monkeypatch.setattr("sim.workload.design.curve_of", lambda *_: np.full((2 * SIDE, curves.PITCH), np.nan))
    network = compile_network(make_scenario(settings))
    assert differences(network, 0) == []
    assert sum(settled) >= len(drawing.draw_compiled(network, (1, 0))[0].tick)
