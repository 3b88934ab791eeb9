"""Small results to draw: a quarter of a day on the strait, networks given directly, and rows written by hand."""

from collections.abc import Callable

import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim import load_scenario, simulate
from sim.figures.wording import LANGUAGES
from sim.study import Result

COLUMNS = ["metric", "unit", "direction", "port", "line", "station", "class", "statistic", "value", "low", "high", "n"]


@pytest.fixture(scope="session")
def strait() -> Result:
    # Carriers are made frequent, so that some are found and the realised rate is drawn too.
    scenario = load_scenario(
        "march_2018", "run.days=0.25", "run.lead_in_h=6", "run.lead_out_h=8", "threat.prevalence_per_100k.any=20000.0"
    )
    return simulate(scenario, replications=3, workers=1)


@pytest.fixture(scope="session")
def pages(strait: Result) -> dict[str, dict[str, Figure]]:
    """Figures of the strait by language and name."""
    return {language: strait.figures(language) for language in LANGUAGES}


@pytest.fixture(scope="session")
def given() -> dict[str, Result]:
    """Networks given directly, by name."""
    names = ("mmc", "tandem_blocking", "bulk_ferry", "priority")
    return {n: simulate(load_scenario("custom", f"network={n}"), replications=2, workers=1) for n in names}


@pytest.fixture
def rows() -> Callable[..., pd.DataFrame]:
    """Make a frame of metrics from (metric, direction, port, line, station, class, statistic, value)."""

    def make(*parts: tuple[str, str, str, str, str, str, str, float]) -> pd.DataFrame:
        full = [(m, "", *labels, value, value - 0.5, value + 0.5, 3) for m, *labels, value in parts]
        return pd.DataFrame(full, columns=COLUMNS)

    return make
