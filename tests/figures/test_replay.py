"""The replay and the study of policies as figures, in both languages."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from sim.figures import ReplayCurves, draw_replay, draw_stress
from sim.figures.font import house_style
from sim.figures.replay import SERIES
from sim.figures.stress import PANELS
from sim.figures.wording import Texts, catalogue


def curves() -> ReplayCurves:
    hours = np.arange(0.0, 49.0)
    frames = [
        pd.DataFrame({"series": s, "hour": hours, "value": hours, "low": hours - 1, "high": hours + 2}) for s in SERIES
    ]
    points = pd.DataFrame(
        [
            ("queue", np.nan, 10.0, 12.0, "fitted", "equal"),
            ("queue", np.nan, 20.0, 12.0, "held_out", "least"),
            ("departures", 10.0, 20.0, 15.0, "held_out", "equal"),
        ],
        columns=["series", "start_h", "end_h", "value", "role", "bound"],
    )
    return ReplayCurves(datetime(2018, 2, 15), pd.concat(frames), points, [(5.0, 9.0)], 30)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_counted_figure_starts_on_the_middle_and_an_instant_stands_alone(language):
    with house_style():
        page = draw_replay(curves(), Texts(language, 0.9))
    queue, departures, _ = page.axes
    markers = [
        (line.get_xdata()[0], line.get_ydata()[0], line.get_marker())
        for line in queue.lines
        if line.get_marker() != "None"
    ]
    assert markers == [(10.0, 12.0, "o"), (20.0, 12.0, "^")]
    spans = [line for line in departures.lines if len(line.get_xdata()) == 2]
    assert [list(line.get_ydata()) for line in spans] == [[10.0, 25.0]]
    assert page.axes[0].get_ylabel() == catalogue(language)["axis_replay_queue"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_policy_that_never_cleared_is_an_arrow(language):
    rows = pd.DataFrame(
        [(panel, name, value, value - 1, value + 1) for panel in PANELS for name, value in (("a", 5.0), ("b", 40.0))],
        columns=["panel", "rung", "value", "low", "high"],
    )
    with house_style():
        page = draw_stress(rows, {"a": "none", "b": "all"}, ["b"], 5, 4000.0, Texts(language, 0.9))
    words = [[text.get_text() for text in axes.texts] for axes in page.axes]
    assert words[0] == ["5.0", "> 40"]
    assert words[1] == ["5.0", "40.0"]
