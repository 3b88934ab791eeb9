"""Traffic by date: the published series of 2018, holidays and make-up workdays, every year from 2016 to 2026."""

from collections import defaultdict
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from sim import load_scenario
from sim.network import Network, compile_network
from sim.network.season import day_factors, festival_day
from sim.scenario.holidays import HOLIDAYS, KNOWN_YEARS, holiday_of, is_makeup_workday
from sim.scenario.season import Season
from sim.units import TICKS_PER_DAY

YEARS = range(2016, 2027)


@cache
def season() -> Season:
    found = load_scenario("march_2018", "demand=seasonal").world.demand.season
    assert found is not None
    return found


@cache
def year_2018() -> Network:
    window = ("calendar.start='2018-01-01T00:00'", "run.days=365.0", "run.lead_in_h=0", "run.lead_out_h=0")
    return compile_network(load_scenario("march_2018", "demand=seasonal", "channel=none", *window))


@cache
def by_month() -> dict[tuple[str, int], float]:
    total: dict[tuple[str, int], float] = defaultdict(float)
    sources = year_2018().sources
    for edges, expected, direction in zip(sources.edge_ticks, sources.expected, sources.direction, strict=True):
        for day, vehicles in zip(edges[:-1] // TICKS_PER_DAY, expected, strict=True):
            total[direction, (date(2018, 1, 1) + timedelta(days=int(day))).month] += vehicles
    return total


@pytest.mark.parametrize(
    ("direction", "months", "vehicles"),
    [
        ("inbound", [3], 176_000),  # S02
        ("outbound", [3], 163_000),  # S02
        ("inbound", [1, 2, 3, 4, 5], 880_000),  # S03
        ("outbound", [1, 2, 3, 4, 5], 920_000),  # S03
    ],
)
def test_the_bulletins_of_2018_are_met(direction: str, months: list[int], vehicles: float) -> None:
    assert sum(by_month()[direction, month] for month in months) == pytest.approx(vehicles, rel=0.005)


def test_february_and_the_year_of_2018_are_met() -> None:
    assert sum(by_month()[d, 2] for d in ("inbound", "outbound")) == pytest.approx(605_000, rel=0.005)  # S02 S04
    assert sum(by_month().values()) == pytest.approx(3_300_000, rel=0.005)


def test_the_festival_is_nearly_all_cars_and_dangerous_goods_have_no_festival() -> None:
    sources, names = year_2018().sources, year_2018().class_name
    here = {"car": 0.0, "hazardous": 0.0, "all": 0.0}
    usual = 0.0
    for i, (edges, expected) in enumerate(zip(sources.edge_ticks, sources.expected, strict=True)):
        days = edges[:-1] // TICKS_PER_DAY
        name = names[sources.vehicle_class[i]]
        peak = float(expected[days == 46].sum())  # 16 February
        here["all"] += peak
        if name in here:
            here[name] += peak
        if name == "hazardous":
            usual += float(expected[days < 31].sum()) / 31
    assert here["car"] / here["all"] == pytest.approx(0.91, abs=0.005)
    assert here["hazardous"] == pytest.approx(usual, rel=1e-3)


@pytest.mark.parametrize("year", YEARS)
def test_every_year_can_be_run(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    size = {row.year: row.vehicles_10k for row in season().years}
    for direction in ("inbound", "outbound"):
        factors = day_factors(season(), direction, days)
        assert min(f.festive for f in factors) > 0
        mean = np.mean([f.festive for f in factors]) / (size[year] / size[2018])
        # The festival moves between January and March, whose other days have one factor.
        assert mean == pytest.approx(1.0, abs=0.01)


def test_weekdays_and_holidays_move_traffic_within_their_month_only() -> None:
    october = [date(2018, 10, 1) + timedelta(days=n) for n in range(31)]
    factors = [f.usual for f in day_factors(season(), "inbound", october)]
    assert np.mean(factors) == pytest.approx(season().month.inbound[9])
    assert factors[0] / factors[14] == pytest.approx(1.5 / (0.97 / (7.0 / 7)), rel=1e-9)


def test_a_makeup_workday_is_a_workday() -> None:
    assert is_makeup_workday(date(2018, 4, 8))
    assert not holiday_of(date(2018, 4, 8))
    assert holiday_of(date(2018, 4, 7)) == "qingming"
    april = [date(2018, 4, n) for n in range(1, 31)]
    factors = dict(zip(april, (f.usual for f in day_factors(season(), "inbound", april)), strict=True))
    workdays = [factors[date(2018, 4, n)] for n in range(16, 21)]
    assert factors[date(2018, 4, 8)] == pytest.approx(np.mean(workdays))
    assert factors[date(2018, 4, 15)] > factors[date(2018, 4, 8)]


@pytest.mark.parametrize("row", season().years, ids=lambda row: str(row.year))
def test_new_years_day_lies_in_the_holiday(row) -> None:
    assert holiday_of(row.new_year) == "spring_festival"
    # The days off begin at most two days before (2026).
    assert holiday_of(row.new_year - timedelta(days=3)) != "spring_festival"
    assert festival_day(season(), row.new_year).offset == 0


def test_the_library_knows_the_years_promised_and_all_their_holidays() -> None:
    assert KNOWN_YEARS[0] <= min(YEARS)
    assert max(YEARS) <= KNOWN_YEARS[1]
    for year in YEARS:
        found = {holiday_of(date(year, 1, 1) + timedelta(days=n)) for n in range(365)} - {""}
        # Mid-autumn may fall on National Day and is then announced with it.
        assert set(HOLIDAYS) - found <= {"mid_autumn"}


def _published(start: date, end: date) -> float:
    """Expected vehicles of both directions in 10,000, first and last day included."""
    demand = load_scenario("march_2018", "demand=seasonal").world.demand
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    factors = {d: day_factors(season(), d, days) for d in ("inbound", "outbound")}
    return sum(getattr(demand.vehicles_per_day, d) * sum(f.festive for f in factors[d]) for d in factors) / 1e4


@pytest.mark.parametrize(
    ("start", "end", "predicted", "seen"),
    [
        (date(2017, 3, 1), date(2017, 3, 31), 26.5, 25.8),
        (date(2017, 8, 1), date(2017, 8, 31), 20.0, 20.9),
        (date(2023, 1, 1), date(2023, 1, 31), 85.9, 81.3),
        (date(2024, 1, 1), date(2024, 1, 31), 54.0, 59.4),
        (date(2023, 1, 7), date(2023, 2, 15), 110.8, 102.7),
        (date(2024, 1, 26), date(2024, 3, 5), 126.7, 115.0),
        (date(2026, 2, 2), date(2026, 2, 21), 66.0, 61.14),
    ],
)
def test_other_years_are_predicted_as_documented(start: date, end: date, predicted: float, seen: float) -> None:
    found = _published(start, end)
    assert found == pytest.approx(predicted, abs=0.06)
    assert found == pytest.approx(seen, rel=0.11)
