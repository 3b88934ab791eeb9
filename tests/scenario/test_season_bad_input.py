"""Every new field of the season refuses what it cannot mean, by name."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.scenario import make_scenario
from tests.scenario.test_bad_input import march


def season() -> dict[str, Any]:
    return {
        "base_year": 2018,
        "years": [{"year": 2018, "new_year": "2018-02-16", "vehicles_10k": 330.0}],
        "month": {"inbound": [1.0] * 12, "outbound": [1.0] * 12},
        "weekday": [1.0] * 7,
        "holiday": {"any": {"inbound": 1.2, "outbound": 1.2}},
        "festival": {
            "days": [
                {"offset": -1, "inbound": 2.0, "outbound": 1.0, "mix_share": 1.0},
                {"offset": 0, "inbound": 2.0, "outbound": 1.0, "mix_share": 1.0},
            ],
            "mix": {"ordinary": "festival"},
        },
    }


def faults(*changes: tuple[str, Any], folder: Path | None = None, more: dict[str, Any] | None = None) -> list[str]:
    config = deepcopy(march())
    config["demand"]["season"] = season()
    config["demand"]["mix"]["festival"] = {"car": 0.9, "coach": 0.1}
    for where, value in (*changes, *(more or {}).items()):
        *path, last = [int(part) if part.isdigit() else part for part in where.split(".")]
        here: Any = config
        for part in path:
            here = here[part]
        here[last] = value
    try:
        make_scenario(config, (folder,) if folder else ())
    except ScenarioError as error:
        return str(error).splitlines()
    return []


S = "demand.season"
DAY = {"inbound": 2.0, "outbound": 1.0, "mix_share": 1.0}
CASES = [
    ("base_year", 2017, f"{S}.base_year must be one of the years given; got 2017"),
    ("base_year", -1, f"{S}.base_year must be greater than or equal to 0; got -1"),
    ("years", [], f"{S}.years must have at least 1 item"),
    ("years.0.year", 1700, f"{S}.years.0.year must be greater than or equal to 1900; got 1700"),
    ("years.0.vehicles_10k", 0.0, f"{S}.years.0.vehicles_10k must be greater than 0; got 0.0"),
    ("years.0.new_year", "2018-02-30", f"{S}.years.0.new_year must be a valid date"),
    ("years.0.new_year", "2017-01-28", f"{S}.years.0.new_year must lie in 2018; got 2017-01-28"),
    ("years", season()["years"] * 2, f"{S}.years must have one row per year; got 2018 twice"),
    ("month.inbound", [1.0] * 11, f"{S}.month.inbound must have at least 12 items"),
    ("month.outbound.3", -1.0, f"{S}.month.outbound.3 must be greater than or equal to 0; got -1.0"),
    ("month.inbound.3", float("nan"), f"{S}.month.inbound.3 must be a finite number; got nan"),
    ("weekday", [1.0] * 8, f"{S}.weekday must have at most 7 items"),
    ("weekday.2", 0.0, f"{S}.weekday.2 must be greater than 0; got 0.0"),
    ("holiday", {"labor_day": {"inbound": 1.0, "outbound": 1.0}}, f"{S}.holiday must name one of new_year, "),
    ("holiday.any.inbound", -0.5, f"{S}.holiday.any.inbound must be greater than or equal to 0; got -0.5"),
    ("holiday.any", {"inbound": 1.0}, f"{S}.holiday.any.outbound must be given; got nothing"),
    ("festival.days", [], f"{S}.festival.days must have at least 1 item"),
    (
        "festival.days",
        [{"offset": 0, **DAY}, {"offset": 2, **DAY}],
        f"{S}.festival.days must follow one another by offset; got 2",
    ),
    ("festival.days.0.offset", -61, f"{S}.festival.days.0.offset must be greater than or equal to -60; got -61"),
    ("festival.days.0.mix_share", 1.5, f"{S}.festival.days.0.mix_share must be less than or equal to 1; got 1.5"),
    ("festival.days.0.outbound", -1.0, f"{S}.festival.days.0.outbound must be greater than or equal to 0; got -1.0"),
    ("festival.mix", {"ordinary": "festivl"}, f"{S}.festival.mix.ordinary must join two of "),
    ("festival.mix", {"ordinry": "festival"}, f"{S}.festival.mix.ordinry must join two of "),
    (
        "festival.mix",
        {"dangerous_goods": "festival"},
        f"{S}.festival.mix.dangerous_goods must have no class that dangerous_goods has not; got 'car'",
    ),
    ("saeson", 1, f"{S}.saeson must be a known key"),
]


@pytest.mark.parametrize(("field", "value", "line"), CASES, ids=[f"{f}-{i}" for i, (f, _, _) in enumerate(CASES)])
def test_bad_season(field: str, value: Any, line: str) -> None:
    found = faults((f"{S}.{field}", value))
    assert found
    assert found[0].startswith(line), found


def test_a_good_season_passes() -> None:
    assert faults() == []


YEAR_2027 = {"year": 2027, "new_year": "2027-02-06", "vehicles_10k": 500.0}
UNKNOWN = (
    "calendar.start must lie, lead-in and lead-out included, in years whose holidays are known (2004 to 2026); got "
)


@pytest.mark.parametrize(
    ("start", "lines"),
    [
        ("2018-12-20T00:00", []),
        ("2019-05-01T00:00", [f"{S}.years must cover every year that is simulated; got 'none for 2019'"]),
        ("2018-01-01T00:00", [f"{S}.years must cover every year that is simulated; got 'none for 2017'"]),
        ("2018-12-31T00:00", [f"{S}.years must cover every year that is simulated; got 'none for 2019'"]),
        ("2027-03-01T00:00", [f"{UNKNOWN}2027"]),
        ("2003-03-01T00:00", [f"{UNKNOWN}2003"]),
    ],
)
def test_the_dates_must_be_known(start: str, lines: list[str]) -> None:
    assert faults(("calendar.start", start)) == lines


def test_a_year_whose_holidays_are_unknown_is_refused_even_with_a_total() -> None:
    years = [*season()["years"], YEAR_2027]
    assert faults((f"{S}.years", years), ("calendar.start", "2027-03-01T00:00")) == [f"{UNKNOWN}2027"]


@pytest.mark.parametrize(
    ("backlog", "line"),
    [
        ({"xinhai": -1}, "demand.backlog.xinhai must be greater than or equal to 0; got -1"),
        ({"xinhai": 1.5}, "demand.backlog.xinhai must be a valid integer"),
        ({"xinhai": 2_000_000}, "demand.backlog.xinhai must be less than or equal to 1000000; got 2000000"),
        ({"xinhay": 10}, "demand.backlog must name one of "),
    ],
)
def test_bad_backlog(backlog: dict[str, Any], line: str) -> None:
    found = faults(("demand.backlog", backlog))
    assert found
    assert found[0].startswith(line), found


@pytest.mark.parametrize(
    ("name", "table", "line"),
    [
        ("festival", "offset,inbound,outbound\n0,1,1\n", f"{S}.festival.csv t.csv must have one column 'mix_share'"),
        (
            "festival",
            "offset,inbound,outbound,mix_share\none,1,1,1\n",
            f"{S}.festival.csv t.csv line 2 column 'offset' must be a whole number; got 'one'",
        ),
        (
            "years",
            "year,new_year,vehicles_10k\n2018,16 Feb,330\n",
            f"{S}.csv t.csv line 2 column 'new_year' must be a date such as 2018-02-16; got '16 Feb'",
        ),
        ("years", "year,new_year,vehicles_10k\n", f"{S}.csv t.csv must have at least one row of data; got none"),
    ],
)
def test_bad_tables(name: str, table: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    config = season()
    if name == "years":
        del config["years"]
        config["csv"] = "t.csv"
    else:
        config["festival"] = {"csv": "t.csv"}
    found = faults((S, config), folder=tmp_path)
    assert found
    assert found[0].startswith(line), found
