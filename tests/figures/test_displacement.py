"""The figure of displacement and the frame that it takes, from replications written by hand."""

import numpy as np
import pandas as pd
import pytest

from sim.figures.displacement import draw_displacement
from sim.figures.font import house_style
from sim.figures.wording import LANGUAGES, Texts
from sim.metrics.displacement_frame import displacement_frame
from sim.scenario.run import Adaptation

from .test_figures import assert_legible

SHARE = {"car": 0.40, "truck": 0.25, "container": 0.15, "parcel": 0.05, "boat": 0.05}
BEFORE = dict(zip(SHARE, (0.10, 0.20, 0.25, 0.30, 0.05), strict=True))
CLASSES = {name: (name,) for name in SHARE}
AFTER = BEFORE | {"car": 0.20, "truck": 0.30}


def replicated(rates: dict[str, float], spread: float = 0.02) -> pd.DataFrame:
    steps = np.array([-2.0, -1.0, 0.0, 1.0, 2.0]) * spread
    return pd.DataFrame({name: rate + steps * (name != "boat") for name, rate in rates.items()})


def made(reference: dict[str, float] | None = None) -> pd.DataFrame:
    adaptation = Adaptation(eta=(3.0, 10.0), outside_share=0.1, share=SHARE, classes=CLASSES, reference=reference)
    return displacement_frame(adaptation, {"now": replicated(BEFORE), "more": replicated(AFTER)})


def leak(frame: pd.DataFrame, plan: str) -> pd.DataFrame:
    return frame[(frame["plan"] == plan) & (frame["quantity"] == "leak")]


def test_no_reaction_always_stands_beside_the_band() -> None:
    rows = leak(made(), "more")
    assert rows["eta"].tolist() == [0, 3, 10]
    assert rows["value"].tolist() == pytest.approx([0.69, 0.675506, 0.640106], abs=5e-7)
    assert rows["n"].tolist() == [5, 5, 5]


def test_first_plan_is_the_reference_where_none_is_given() -> None:
    assert leak(made(), "now")["value"].tolist() == pytest.approx([0.755] * 3)
    assert np.allclose(made()["value"], made(BEFORE)["value"])
    own, fixed = (leak(frame, "now")["high"] - leak(frame, "now")["value"] for frame in (made(), made(BEFORE)))
    assert own.tolist() == pytest.approx([own.iloc[0]] * 3)  # shares at rest do not move with their own reference
    assert fixed.iloc[2] != pytest.approx(fixed.iloc[0])


def test_shares_and_what_is_abandoned_add_up() -> None:
    frame = made()
    total = frame[frame["quantity"] == "share"].groupby(["plan", "eta"])["value"].sum()
    attempts = frame[frame["quantity"] == "attempts"].set_index(["plan", "eta"])["value"]
    assert total.sort_index().tolist() == pytest.approx(attempts.sort_index().tolist())


def test_bad_plans_are_refused() -> None:
    adaptation = Adaptation(eta=(3.0,), outside_share=0.1, share=SHARE, classes=CLASSES)
    with pytest.raises(ValueError, match="at least one plan"):
        displacement_frame(adaptation, {})
    with pytest.raises(ValueError, match="plan 'a' must have a rate for channel 'boat'"):
        displacement_frame(adaptation, {"a": replicated(BEFORE).drop(columns="boat")})
    with pytest.raises(ValueError, match=r"equal replications; got \[5, 4\]"):
        displacement_frame(adaptation, {"a": replicated(BEFORE), "b": replicated(BEFORE).iloc[:4]})


@pytest.mark.parametrize("language", LANGUAGES)
def test_figure_shows_leak_and_shares(language: str) -> None:
    texts = Texts(language)
    with house_style():
        page = draw_displacement(made(), texts)
        assert page is not None
        left, right = page.axes
        assert left.containers[1].lines[0].get_ydata() == pytest.approx([69, 67.5506, 64.0106], abs=1e-4)
        levels = [line.get_ydata()[0] for line in left.lines if line.get_linestyle() == "--"]
        assert levels == pytest.approx([75.5, 69])
        assert [bar.get_width() for bar in right.containers[2]] == pytest.approx([15, 18.0390, 25.4616], abs=1e-4)
        assert len(right.containers) == len(SHARE) + 1
        assert draw_displacement(made().iloc[:0], texts) is None


def test_regret_is_the_leak_above_the_least() -> None:
    frame = made()
    regret = frame[frame["quantity"] == "regret"].set_index(["plan", "eta"])["value"]
    assert regret["more"].tolist() == [0, 0, 0]
    assert regret["now"].tolist() == pytest.approx([0.755 - 0.69, 0.755 - 0.675506, 0.755 - 0.640106], abs=5e-7)


def test_backfires_where_the_benefit_is_negative() -> None:
    frame = made()
    wide = frame[frame["plan"] == "more"].pivot_table(index=["eta", "channel"], columns="quantity", values="value")
    channels = wide.drop(index="all", level="channel")
    assert (channels["backfires"] == (channels["benefit"] < 0)).all()
    assert channels["rate"].xs(3.0).to_dict() == pytest.approx(AFTER)


@pytest.mark.parametrize("language", LANGUAGES)
def test_figure_of_one_plan_shows_its_channels(language: str) -> None:
    frame = made()
    one = frame[frame["plan"] == "more"]
    with house_style():
        page = draw_displacement(one, Texts(language), {"more": "A plan"})
        assert page is not None
        assert_legible(page)
        left, right = page.axes
        rates, shares = ([bar.get_width() for bar in group] for group in left.containers)
        assert rates == pytest.approx([100 * rate for rate in AFTER.values()])
        assert shares == pytest.approx([100 * share for share in SHARE.values()])
        benefit = one[(one["quantity"] == "benefit") & (one["eta"] == 10)].set_index("channel")["value"]
        assert [bar.get_width() for bar in right.containers[2]] == pytest.approx(benefit[list(SHARE)].tolist())
