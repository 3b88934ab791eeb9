"""The weekly table as printed and as kept."""

from pathlib import Path

import pandas as pd
import pytest

from sim import simulate
from sim.cli.weeks import print_weeks, weekly_rows
from sim.scenario import make_scenario
from sim.study import Result
from sim.study.folder import save_run
from tests.engine.builders import crossing, rolling, strait


@pytest.fixture(scope="module")
def result() -> Result:
    day = 86_400
    closures = [{"start": "2018-01-09T00:00:00", "end": "2018-01-10T12:00:00"}]
    config = crossing(strait(rolling(0)), 60, 6 * day, 8 * day + 60, closures=closures, horizon_s=16 * day)
    return simulate(make_scenario(config), replications=1, workers=1)


def test_rows_are_weeks_with_both_directions(result: Result) -> None:
    rows = weekly_rows(result.weekly)
    assert [row[:2] for row in rows] == [["2018-01-01", "7"], ["2018-01-08", "7"], ["2018-01-15", "2"]]
    # Units of a custom network have no direction; sailings and closures do. 36 of 168 hours are 21.4 %.
    assert [row[4] for row in rows] == ["2.00", "1.00", "0"]
    assert [row[6] for row in rows] == ["0.0 %", "21.4 %", "0.0 %"]


@pytest.mark.parametrize(("language", "word"), [("en", "week from"), ("zh", "周起始日")])
def test_the_table_is_printed_in_both_languages(
    result: Result, language: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_weeks(result.weekly, language)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith(word)
    assert len(lines) == 6


def test_no_weeks_print_nothing(result: Result, capsys: pytest.CaptureFixture[str]) -> None:
    print_weeks(result.weekly.iloc[:0], "en")
    assert capsys.readouterr().out == ""


def test_the_weeks_are_kept_with_the_run(result: Result, tmp_path: Path) -> None:
    save_run(result, tmp_path / "run", {}, {}, figures=False)
    kept = pd.read_csv(tmp_path / "run" / "weekly.csv")
    assert kept["value"].tolist() == result.weekly["value"].tolist()
