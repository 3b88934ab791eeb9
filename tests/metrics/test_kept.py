"""What a study keeps gives the same figures as a single run."""

import numpy as np
import pandas as pd
import pytest

from sim import load_scenario, simulate
from sim.metrics import paired_difference
from sim.metrics.catalogue import METRICS
from sim.metrics.comparison import bonferroni, differences, holm
from sim.metrics.kept import BY_NAME, Kept, kept_figures, kept_rows, levels_kept
from sim.metrics.sequential import is_met
from sim.study.simulate import Result
from sim.study.store.schema import kept_metrics, rows_to_table

ALL_COLUMNS = ("direction", "port", "line", "station", "class")
TINY = ("run.days=0.1", "run.lead_in_h=1", "run.lead_out_h=0", "channel=none")


@pytest.fixture(scope="module")
def results() -> tuple[Result, Result]:
    runs = [load_scenario("march_2018", *TINY, f"sampling.line2.truck={ratio}") for ratio in (0.2, 0.3)]
    first, second = (simulate(run, replications=3, workers=1) for run in runs)
    return first, second


def kept_of(result: Result, by: tuple[str, ...] = ALL_COLUMNS) -> dict[str, Kept]:
    names = [metric.name for metric in METRICS]
    table = rows_to_table((r, kept_rows(reduction, names, by)) for r, reduction in enumerate(result.reductions))
    run = result.scenario.run
    return {kept.metric.name: kept for kept in kept_metrics(table, 3, run.days)}


def test_figures_are_those_of_a_run(results: tuple[Result, Result]) -> None:
    kept = kept_of(results[0])
    rows = [row for metric in kept.values() for row in kept_figures(metric, 0.95)]
    columns = list(results[0].metrics.columns)
    order = columns[:8]
    found = pd.DataFrame(rows, columns=columns).sort_values(order, ignore_index=True)
    # Days of the window are divided in another order, hence the last digit.
    pd.testing.assert_frame_equal(found, results[0].metrics.sort_values(order, ignore_index=True), rtol=1e-13, atol=0)


def test_fewer_columns_keep_fewer_figures(results: tuple[Result, Result]) -> None:
    few, every = kept_of(results[0], ("line",)), kept_of(results[0])
    assert set(few["wait"].keys) < set(every["wait"].keys)
    assert {key[2] for key in few["wait"].keys} == {"all"}
    assert levels_kept(BY_NAME["wait"], ("class",)).levels == ()


def test_differences_are_those_of_two_runs(results: tuple[Result, Result]) -> None:
    base, other = map(kept_of, results)
    expected = paired_difference(results[0].reductions, results[1].reductions, 0.9)
    rows = {
        (*d.key, "x"): (d.base, d.value, d.difference - d.half_width, d.difference + d.half_width)
        for name in base for d in differences(base[name], other[name], 0.9) if d.statistic != "p95"
    }  # fmt: skip
    key = ["metric", "direction", "port", "line", "station", "class"]
    assert len(rows) == len(expected) > 300
    for line in expected.to_dict("records"):
        found = rows[(*(line[name] for name in key), "x")]
        assert found == (line["a"], line["b"], line["low"], line["high"]) or np.isnan(line["low"])


def test_common_random_numbers_make_differences_exact(results: tuple[Result, Result]) -> None:
    base, other = map(kept_of, results)
    whole = ("selected_ratio", "all", "all", "line2", "all", "truck")
    (found,) = [d for d in differences(base["selected_ratio"], other["selected_ratio"], 0.95) if d.key == whole]
    assert found.difference > 0
    assert found.variance_ratio > 1


def test_difference_of_quantiles(results: tuple[Result, Result]) -> None:
    base, other = map(kept_of, results)
    same = [d for d in differences(base["wait"], base["wait"], 0.95) if d.statistic == "p95"]
    assert same
    assert all((d.difference, d.half_width, d.p_value) == (0, 0, 1) for d in same if not np.isnan(d.half_width))
    moved = [d for d in differences(base["inspection_delay"], other["inspection_delay"], 0.95) if d.statistic == "p95"]
    assert any(d.difference > 0 and d.half_width > 0 for d in moved)


def test_differences_need_the_same_replications(results: tuple[Result, Result]) -> None:
    kept = kept_of(results[0])["wait"]
    short = Kept(kept.metric, kept.keys, kept.numerators[:2], kept.denominators[:2], kept.maxima[:2], kept.spreads)
    with pytest.raises(ValueError, match="as many replications; got 3, 2"):
        list(differences(kept, short, 0.95))


def test_holm() -> None:
    # The example of R's p.adjust: each sorted p-value times the number of those not smaller, never falling.
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    found = holm(np.array([0.6, np.nan, 0.5]))
    assert np.isnan(found[1])
    assert found[[0, 2]].tolist() == [1.0, 1.0]
    assert bonferroni(0.95, 5) == pytest.approx(0.99)
    assert bonferroni(0.95, 0) == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("value", "half", "absolute", "relative", "answer"),
    [
        (10.0, 0.9, None, 0.1, True),
        (10.0, 0.95, None, 0.1, False),  # 10 % of the unknown mean, not of the estimate
        (-10.0, 0.9, None, 0.1, True),
        (0.0, 0.001, None, 0.1, False),
        (0.0, 0.001, 0.01, 0.1, True),
        (10.0, float("nan"), 1.0, 0.5, False),
    ],
)
def test_precision(value: float, half: float, absolute: float | None, relative: float | None, answer: bool) -> None:
    assert is_met(value, half, absolute, relative) is answer
