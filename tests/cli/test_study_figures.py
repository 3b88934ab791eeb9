"""Heat maps, fronts, gains, forests, tornadoes and indices of small studies: tables, sentences and files."""

import json
import math
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

from sim.figures.wording import with_digits
from sim.metrics.front import pareto_front
from tests.study.tiny import contents

from .conftest import Done, Strait

RATE, SERVERS = "network.arrivals.car.rate_per_h", "network.stations.desk.servers"
WAIT = {"metric": "wait", "statistic": "mean", "line": "gate"}
TAIL = {"metric": "wait", "statistic": "p95", "line": "gate"}
ARRIVALS = {"metric": "arrivals", "statistic": "mean"}
HOURS = {"metric": "officer_hours", "statistic": "mean"}
TABLES = {"gains": "gains.csv", "fronts": "front.csv", "sensitivities": "sensitivity.csv"}


def study(design: dict[str, Any], **asked: Any) -> dict[str, Any]:
    return {
        "title": {"name": "tiny_study", "zh": "小研究", "en": "A tiny study"},
        "base": ["scenario=tiny", "run.days=0.1"],
        "design": design,
        "replications": 4,
        "outputs": {"metrics": ["wait", "arrivals", "officer_hours"]},
        **asked,
    }


GRID = {
    "kind": "grid",
    "factor": {"rate": {"key": RATE, "values": [40.0, 70.0, 100.0]}, "desks": {"key": SERVERS, "values": [2, 3]}},
}
ONE = {
    "kind": "one_at_a_time",
    "factor": {
        "rate": {"key": RATE, "values": [40.0, 110.0], "zh": "小客车流量", "en": "Cars an hour"},
        "desks": {"key": SERVERS, "values": [1, 3]},
    },
}
SOBOL = {
    "kind": "sobol",
    "points": 16,
    "factor": {"rate": {"key": RATE, "low": 20.0, "high": 100.0}, "desks": {"key": SERVERS, "values": [3, 4]}},
}
STUDIES = {
    "grid": study(
        GRID,
        heatmaps=[{"x": "rate", "y": "desks", "figure": ARRIVALS, "lines": {"figure": TAIL, "levels": [1.0, 3.0]}}],
        fronts=[{"gain": ARRIVALS, "price": TAIL}],
        forests=[{"figure": WAIT}],
    ),
    "one_at_a_time": study(
        ONE,
        gains=[{"figure": WAIT, "per": ARRIVALS}, {"figure": ARRIVALS, "per": HOURS}, {"figure": TAIL, "per": HOURS}],
        replications=12,
        tornadoes=[{"figure": TAIL}],
        forests=[{"figure": TAIL}],
    ),
    "sobol": study(SOBOL, sensitivities=[{"figure": ARRIVALS}, {"figure": WAIT, "least_q2": 0.999}]),
}
FILES = {
    "grid": {"heatmap_1", "front_1", "forest_1"},
    "one_at_a_time": {"gain_1", "gain_2", "gain_3", "tornado_1", "forest_1"},
    "sobol": {"sensitivity_1", "sensitivity_2"},
}


@pytest.fixture
def sweep(strait: Strait, desk: Path) -> Any:
    def run(kind: str, *arguments: str, **changes: Any) -> Done:
        path = desk / f"{kind}.yaml"
        path.write_text(yaml.safe_dump(STUDIES[kind] | changes, sort_keys=False), encoding="utf-8")
        done = strait("sweep", f"experiment={path}", "executor=serial", "study.folder=out", *arguments)
        assert (done.code, done.err) == (0, "")
        return done

    return run


def rows(name: str) -> pd.DataFrame:
    return pd.read_csv(f"out/{name}", encoding="utf-8-sig", keep_default_na=False, na_values=[""])


@pytest.mark.parametrize("kind", STUDIES)
def test_every_figure_is_there_in_both_languages_and_the_same_again(kind: str, sweep: Any) -> None:
    done = sweep(kind, "study.audit=0")
    names = {path.name for path in Path("out/figures").iterdir()}
    wanted = {
        f"{name}_{language}.{ending}" for name in FILES[kind] for language in ("zh", "en") for ending in ("png", "svg")
    }
    assert names == wanted
    asked = [name for name in TABLES if name in STUDIES[kind]]
    told = sum(len(STUDIES[kind].get(name, ())) for name in (*TABLES, "forests", "tornadoes"))
    for language in ("zh", "en"):
        lines = Path(f"out/answer_{language}.txt").read_text("utf-8").splitlines()
        assert len(lines) == told
    assert all(line in done.out for line in lines)
    for name, table in TABLES.items():
        assert Path(f"out/{table}").exists() == (name in asked)
        assert name not in asked or Path(f"out/{table}").read_bytes().startswith(b"\xef\xbb\xbf")
    before = contents(Path("out"))
    sweep(kind, "study.audit=0")
    assert contents(Path("out")) == before


def test_front_is_that_of_the_results(sweep: Any) -> None:
    sweep("grid")
    results = pd.read_parquet("out/results.parquet").query("direction == 'all' and station == 'all' and port == 'all'")
    gain = results.query("metric == 'arrivals' and line == 'all' and `class` == 'all'").set_index("point")["value"]
    price = results.query("metric == 'wait' and statistic == 'p95' and line == 'gate' and `class` == 'all'")
    paid = price.set_index("point")["value"].reindex(gain.index)
    best = gain.index[pareto_front(gain.to_numpy(), paid.to_numpy())]
    front = rows("front.csv")
    assert set(front.loc[front["is_on_front"] == 1, "point"]) == set(best)
    assert front["value"].tolist() == pytest.approx(gain.tolist(), rel=1e-15)
    assert f"no other point beats {len(best)} of 6 points" in Path("out/answer_en.txt").read_text("utf-8")


def test_gains_are_ratios_of_the_differences_and_told_in_words(sweep: Any) -> None:
    sweep("one_at_a_time")
    differences = pd.read_parquet("out/differences.parquet").query(
        "port == 'all' and station == 'all' and direction == 'all'"
    )

    def change(metric: str, statistic: str, line: str) -> pd.Series:
        own = differences[
            differences[["metric", "statistic", "line", "class"]].eq([metric, statistic, line, "all"]).all(axis=1)
        ]
        return own.set_index("point")["difference"]

    gains = rows("gains.csv")
    waits = gains[gains["gain"] == 1].set_index("point")
    ratio = change("wait", "mean", "gate") / change("arrivals", "mean", "all")
    known = waits[waits["case"] == "known"]
    assert set(known.index) == {2, 3}  # only these change the arrivals
    assert known["value"].tolist() == pytest.approx(ratio[[2, 3]].tolist())
    assert (known["low"] < known["value"]).all()
    assert (known["value"] < known["high"]).all()
    assert waits.loc[[4, 5], "case"].tolist() == ["free", "free"]
    assert waits["factor"].tolist() == ["rate", "rate", "desks", "desks"]
    tail = gains[gains["gain"] == 3].set_index("point")
    assert tail["case"].tolist() == ["free", "free", "known", "known"]  # hours are those of the desks alone
    falls = change("wait", "p95", "gate") / change("officer_hours", "mean", "all")
    assert tail.loc[[4, 5], "value"].tolist() == pytest.approx(falls[[4, 5]].tolist())

    first, second, third, *_ = Path("out/answer_en.txt").read_text("utf-8").splitlines()
    assert first.startswith("A tiny queue: “Cars an hour: 110” gives most wait, mean (gate) for arrivals: ")
    assert second.startswith("A tiny queue: no change surely raises arrivals together with officer-hours.")
    assert "Changes that leave officer-hours as it is: 2;" in third
    assert (
        Path("out/answer_zh.txt")
        .read_text("utf-8")
        .startswith("小：以同样的到达车辆使gate · 等待时间均值提高最多的是“小客车流量：110”：每增加 ")
    )

    # A question that is taken back leaves no table.
    sweep("one_at_a_time", gains=[], tornadoes=[], forests=[])
    assert not Path("out/gains.csv").exists()
    assert not list(Path("out/figures").iterdir())


def test_forests_and_tornadoes_are_told_in_words(sweep: Any) -> None:
    sweep("one_at_a_time", gains=[])
    differences = pd.read_parquet("out/differences.parquet").query("metric == 'wait' and statistic == 'p95'")
    own = differences[
        differences[["line", "class", "direction", "port", "station"]].eq(["gate", *["all"] * 4]).all(axis=1)
    ]
    changes = own.set_index("point")[["difference", "low", "high"]]
    sure = changes[(changes["low"] > 0) | (changes["high"] < 0)]
    top = changes["difference"].idxmax()
    assert 0 < len(sure) <= len(changes) == 4
    forest, tornado = Path("out/answer_en.txt").read_text("utf-8").splitlines()
    base = with_digits(*[float(own["base"].iloc[0])] * 3)[0]
    assert forest.startswith(
        f"A tiny queue: {len(sure)} of 4 changes surely move wait, 95th percentile (gate) from its base value of {base} min"
    )
    value, low, high = with_digits(*changes.loc[top])
    name = {2: "Cars an hour: 40", 3: "Cars an hour: 110", 4: "desks: 1", 5: "desks: 3"}[top]
    assert f"It rises most with “{name}”, by {value} min ({low} to {high})" in forest
    factor, setting = name.split(": ")
    assert tornado.startswith(
        f"A tiny queue: {factor} moves wait, 95th percentile (gate) most from its base value of {base} min: "
    )
    assert f"+{value} min ({low} to {high}) at {setting}" in tornado
    zh = Path("out/answer_zh.txt").read_text("utf-8").splitlines()
    assert zh[0].startswith(
        f"小：4 项变化中有 {len(sure)} 项确定使gate · 等待时间 95% 分位数偏离基准值（{base} 分钟；各项区间"
    )
    assert f"变化 +{value} 分钟（{low} 至 {high}）" in zh[1]


def test_changes_that_no_interval_tells_from_nothing_are_said_to_be_so(sweep: Any) -> None:
    desks = {"kind": "one_at_a_time", "factor": {"desks": {"key": SERVERS, "values": [30, 40]}}}
    sweep("one_at_a_time", design=desks, gains=[], forests=[{"figure": ARRIVALS}], tornadoes=[{"figure": ARRIVALS}])
    forest, tornado = Path("out/answer_en.txt").read_text("utf-8").splitlines()
    assert forest.startswith("A tiny queue: none of 2 changes surely moves arrivals from its base value of ")
    assert tornado.startswith("A tiny queue: no factor moves arrivals from its base value of ")


def test_the_manifest_names_what_made_the_indices(sweep: Any) -> None:
    sweep("sobol")
    packages = json.loads(Path("out/manifest.json").read_text("utf-8"))["packages"]
    assert packages["SALib"] == version("SALib")
    sweep("grid", "study.folder=other")
    assert "SALib" not in json.loads(Path("other/manifest.json").read_text("utf-8"))["packages"]


def test_a_figure_that_no_point_has_is_named(sweep: Any) -> None:
    done = sweep("grid", heatmaps=[], fronts=[], forests=[{"figure": WAIT | {"line": "gaet"}}])
    told = "No point has wait, mean (gaet) (study.forests.0.figure): results.csv lists the lines"
    assert done.out.startswith(told)
    assert not list(Path("out/figures").iterdir())


def test_indices_find_the_factor_that_matters(sweep: Any) -> None:
    sweep("sobol")
    table = rows("sensitivity.csv")
    arrivals = table[table["sensitivity"] == 1].set_index("factor")
    assert arrivals.loc["rate", "total"] > 0.99
    assert arrivals.loc["desks", "total"] < 0.01
    assert arrivals.loc["rate", "trend"] > 0.9
    assert (arrivals["q2"] > 0.7).all()
    assert (arrivals["noise_ratio"] < 0.1).all()
    refused = table[table["sensitivity"] == 2]
    assert refused[["first", "total"]].isna().all(axis=None)
    assert not math.isnan(refused["q2"].iloc[0])
    first, second = Path("out/answer_en.txt").read_text("utf-8").splitlines()
    assert first.startswith("A tiny queue: rate matters most for arrivals: ")
    assert "the figure rises with it" in first
    assert "cannot be told. No indices: the polynomial explains too little" in second

    # Noise: squared errors of the means over the spread between points.
    results = pd.read_parquet("out/results.parquet").query(
        "metric == 'arrivals' and direction == 'all' and `class` == 'all'"
    )
    own = results[results["line"].eq("all")]
    errors = (own["high"] - own["low"]) / 2 / stats.t.ppf(0.975, 3)
    assert table["noise_ratio"].iloc[0] == pytest.approx(float(np.mean(errors**2) / own["value"].var()), rel=1e-5)


def test_a_figure_less_another_is_as_the_figure_itself(sweep: Any) -> None:
    trucks, cars = ({**ARRIVALS, "vehicle_class": name} for name in ("truck", "car"))
    done = sweep("sobol", sensitivities=[{"figure": ARRIVALS, "less": trucks}, {"figure": cars}])
    both = rows("sensitivity.csv")
    numbers = ["first", "total", "total_low", "total_high", "trend", "q2"]
    less, direct = (both.loc[both["sensitivity"] == number, numbers].to_numpy() for number in (1, 2))
    assert np.isfinite(less).all()
    np.testing.assert_allclose(less, direct, rtol=1e-4)
    assert both["less"].unique().tolist() == ["arrivals mean all all truck", np.nan]
    assert ", less " in done.out.splitlines()[0]
