"""Drawn closures: the parameters come back, a date keeps its weather, and nothing else moves."""

from typing import Any

import numpy as np
import pytest

from sim.network import Network, compile_network
from sim.scenario import make_scenario
from sim.units import TICKS_PER_DAY, TICKS_PER_HOUR
from sim.workload import Workload, draw_workload
from sim.workload.weather import draw_closures, poisson_quantile
from tests.engine.builders import board, crossing, rolling, small, strait
from tests.engine.running import run
from tests.strategies import scenario_of

HOUR_S = 3600.0
FOG: dict[str, Any] = {
    "days": [6.0, 3.0, 2.0, 0, 0, 0, 0, 0, 0.5, 0.5, 1.0, 2.0],
    "persistence": 0.4,
    "start_from_h": 2.0,
    "start_to_h": 5.0,
    "length": {"family": "uniform", "low_s": 2 * HOUR_S, "high_s": 8 * HOUR_S},
}
STORM: dict[str, Any] = {
    "number": [0, 0, 0, 0, 0, 0.5, 0.5, 1.0, 1.0, 0.5, 0, 0],
    "length": {"family": "constant", "mean_s": 40 * HOUR_S},
    "lower_class": 7,
    "later": {"family": "constant", "mean_s": 6 * HOUR_S},
}


def network(
    weather: dict[str, Any] | None, start: str = "2018-01-01T00:00:00", days: int = 365, **more: Any
) -> Network:
    sea = strait(rolling(0))
    sea["ship_types"] = {"ship": {"deck_m": 3.0, "wind_class": 7}, "big": {"deck_m": 3.0, "wind_class": 8}}
    sea["ferries"]["line"]["ships"] = {"ship": 2, "big": 2}
    config = small({}, [board()], 0, 60, **sea, start=start, horizon_s=days * 86_400, **more)
    config["network"]["weather"] = weather
    return compile_network(make_scenario(config))


def draws(weather: dict[str, Any], replications: int) -> list[Any]:
    compiled = network(weather)
    return [draw_closures(compiled, 1, r) for r in range(replications)]


def test_the_fog_has_its_days_hours_lengths_and_spells() -> None:
    years = draws({"fog": FOG}, 200)
    start = np.concatenate([year.start_tick for year in years])
    length = np.concatenate([year.end_tick - year.start_tick for year in years]) / TICKS_PER_HOUR
    hour = start % TICKS_PER_DAY / TICKS_PER_HOUR
    day = start // TICKS_PER_DAY
    assert ((day < 90) | (day >= 243)).all()
    counts = np.array([(year.start_tick < 31 * TICKS_PER_DAY).sum() for year in years])
    assert counts.mean() == pytest.approx(6.0, abs=5 * counts.std() / np.sqrt(200))
    assert hour.min() >= 2.0
    assert hour.max() <= 5.0
    assert hour.mean() == pytest.approx(3.5, abs=5 * hour.std() / np.sqrt(len(hour)))
    assert length.min() >= 2.0
    assert length.max() <= 8.0
    assert length.mean() == pytest.approx(5.0, abs=5 * length.std() / np.sqrt(len(length)))
    follows = np.array(
        [np.isin(year.start_tick // TICKS_PER_DAY + 1, year.start_tick // TICKS_PER_DAY) for year in years], object
    )
    january = np.concatenate([f[year.start_tick < 30 * TICKS_PER_DAY] for f, year in zip(follows, years, strict=True)])
    expected = 6 / 31 + 0.4 * (1 - 6 / 31)
    assert january.mean() == pytest.approx(expected, abs=5 * np.sqrt(expected / len(january)))


def test_storms_come_in_their_months_and_lower_classes_return_later() -> None:
    compiled = network({"storm": {"typhoon": STORM}})
    years = [draw_closures(compiled, 1, r) for r in range(200)]
    counts = np.array([len(year.start_tick) / 2 for year in years])
    assert counts.mean() == pytest.approx(3.5, abs=5 * counts.std() / np.sqrt(200))
    classes = np.array([7 if kind == "ship" else 8 for kind in compiled.ships.kind])
    for year in years:
        is_whole = year.stops.all(axis=(1, 2))
        assert ((year.end_tick - year.start_tick)[is_whole] == 40 * TICKS_PER_HOUR).all()
        assert ((year.end_tick - year.start_tick)[~is_whole] == 46 * TICKS_PER_HOUR).all()
        assert (year.stops[~is_whole].any(axis=1) == (classes <= 7)).all()
        months = year.start_tick / TICKS_PER_DAY
        assert ((months >= 151) & (months < 304)).all()


def rows(network: Network, replication: int, shift_days: int) -> set[tuple[int, int]]:
    table = draw_closures(network, 1, replication)
    shift = shift_days * TICKS_PER_DAY
    return {(int(s) + shift, int(e) + shift) for s, e in zip(table.start_tick, table.end_tick, strict=True) if s >= 0}


def test_a_date_has_the_same_weather_whatever_window_is_simulated() -> None:
    weather = {"fog": FOG, "storm": {"typhoon": STORM}}
    year, autumn = network(weather), network(weather, "2018-08-15T00:00:00", days=60)
    for r in range(10):
        span = {row for row in rows(year, r, 0) if 226 * TICKS_PER_DAY <= row[0] < 286 * TICKS_PER_DAY}
        assert span == rows(autumn, r, 226)
    assert rows(year, 0, 0) != rows(year, 1, 0)
    assert rows(year, 0, 0) == rows(year, 0, 0)


def test_weather_changes_no_other_column_of_the_workload() -> None:
    listed = [{"start": "2018-01-05T00:00:00", "end": "2018-01-06T00:00:00"}]
    calm = network(None, closures=listed)
    rough = network({"fog": FOG, "storm": {"typhoon": STORM}}, closures=listed)
    one, other = draw_workload(calm, 1, 0), draw_workload(rough, 1, 0)
    for name in Workload.__dataclass_fields__:
        if name != "closures":
            assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert len(one.closures.start_tick) == 1 < len(other.closures.start_tick)
    assert other.closures.start_tick[0] == one.closures.start_tick[0]


def test_a_drawn_closure_stops_ships() -> None:
    length = {"family": "constant", "mean_s": HOUR_S}
    fog = {"days": [31.0, *[0] * 11], "start_from_h": 2.0, "start_to_h": 2.0, "length": length}
    config = crossing(strait(rolling(0)), 60, 2 * 3600 + 60, horizon_s=86_400)
    config["network"]["weather"] = {"fog": fog}
    assert run(config).sailings("departure_tick") == [(60,), (3 * 3600,)]


@pytest.mark.parametrize("mean", [0.0, 0.3, 2.5])
def test_the_quantiles_of_the_poisson_law(mean: float) -> None:
    from scipy import stats

    u = np.random.default_rng(1).random(500)
    assert [poisson_quantile(x, mean) for x in u] == stats.poisson.ppf(u, mean).clip(0).astype(int).tolist()


BAD = [
    ({"fog": {**FOG, "days": [1.0] * 11}}, "network.weather.fog.days must have at least 12 items"),
    ({"fog": {**FOG, "days": [0, 29.0, *[0] * 10]}}, "network.weather.fog.days must not exceed the 28 days of month 2; got 29.0"),
    ({"fog": {**FOG, "persistence": 1.0}}, "network.weather.fog.persistence must be less than 1; got 1.0"),
    ({"fog": {**FOG, "start_from_h": 6.0}}, "network.weather.fog.start_to_h must lie between start_from_h and 24; got 6.0 to 5.0"),
    ({"fog": {**FOG, "start_to_h": 25.0}}, "network.weather.fog.start_to_h must lie between start_from_h and 24; got 2.0 to 25.0"),
    ({"fog": {**FOG, "start_from_h": -1.0}}, "network.weather.fog.start_from_h must be greater than or equal to 0; got -1.0"),
    ({"fog": {**FOG, "length": {"family": "lognormal", "mean_s": 0.0, "cv": 1.0}}}, "network.weather.fog.length.mean_s must be greater than 0"),
    ({"fog": {**FOG, "dayz": 1}}, "network.weather.fog.dayz must be a known key (did you mean 'days'?)"),
    ({"storm": {"t": {**STORM, "number": [11.0] * 12}}}, "network.weather.storm.t.number.0 must be less than or equal to 10; got 11.0"),
    ({"storm": {"t": {**STORM, "later": None}}}, "network.weather.storm.t.lower_class must be given together with later; got only lower_class"),
    ({"storm": {"t": {**STORM, "lower_class": None}}}, "network.weather.storm.t.lower_class must be given together with later; got only later"),
    ({"storm": {"t": {**STORM, "lower_class": -1}}}, "network.weather.storm.t.lower_class must be greater than or equal to 0; got -1"),
    ({"storm": {"t": {"number": [0] * 12}}}, "network.weather.storm.t.length must be given; got nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("weather", "line"), BAD, ids=range(len(BAD)))
def test_bad_weather(weather: dict[str, Any], line: str) -> None:
    from sim.errors import ScenarioError

    config = scenario_of(
        {
            "routes": {"main": [board()]},
            **strait(rolling(0)),
            "arrivals": {"m": {"route": "main", "class": "unit", "times_s": [0.0]}},
        }
    )
    config["network"]["weather"] = weather
    with pytest.raises(ScenarioError) as caught:
        make_scenario(config)
    assert str(caught.value).startswith(line), str(caught.value)
