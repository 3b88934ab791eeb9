"""Closures as a planner may write them: each odd row behaves as documented, or is refused by name."""

from pathlib import Path
from typing import Any

import pytest

from sim.network import compile_network
from sim.scenario import make_scenario
from sim.units import TICKS_PER_HOUR
from tests.scenario.test_bad_input import faults_with, march

HEADER = "start,end,ports,wind_class,direction\n"
ONE_WAY = "start,end,ports,wind_class,direction,headway_min\n"
DAY = "2018-03-01 "

REFUSED = [
    (
        f"{DAY}06:00,{DAY}06:00,,,",
        "calendar.closures.0.end must be later than start; got 2018-03-01 06:00:00 to 2018-03-01 06:00:00",
    ),
    (f"{DAY}06:00,{DAY}05:00,,,", "calendar.closures.0.end must be later than start; got 2018-03-01 06:00:00 to "),
    (
        f"{DAY}06:00,noon,,,",
        "calendar.csv c.csv line 2 column 'end' must be a date and time such as 2018-02-19 22:00; got 'noon'",
    ),
    (f",{DAY}06:00,,,", "calendar.csv c.csv line 2 column 'start' must be a date and time such as "),
    (
        f"{DAY}06:00,2018-02-30 06:00,,,",
        "calendar.csv c.csv line 2 column 'end' must be a date and time such as 2018-02-19 22:00; got '2018-02-30 06:00'",
    ),
    (
        f"{DAY}06:00+08:00,{DAY}07:00,,,",
        "calendar.closures.0.start must be a local time without a zone; got 2018-03-01T06:00:00+08:00",
    ),
    (f"{DAY}06:00,{DAY}07:00,xinhay,,", "calendar.closures.0.ports must name one of "),
    (
        f"{DAY}06:00,{DAY}07:00,,seven,",
        "calendar.csv c.csv line 2 column 'wind_class' must be a whole number or empty; got 'seven'",
    ),
    (f"{DAY}06:00,{DAY}07:00,,-1,", "calendar.closures.0.wind_class must be greater than or equal to 0; got -1"),
    (
        f"{DAY}06:00,{DAY}07:00,,,north",
        "calendar.csv c.csv line 2 column 'direction' must be inbound, outbound or empty; got 'north'",
    ),
    (f"{DAY}06:00,{DAY}07:00", "calendar.csv c.csv line 2 must have 5 cells like the header; got 2"),
    (
        f"{DAY}06:00,{DAY}07:00,,,\n{DAY}08:00,{DAY}09:00,,,,extra",
        "calendar.csv c.csv line 3 must have 5 cells like the header; got 6",
    ),
    ("", "calendar.csv c.csv must have at least one row of data; got none"),
]
HEADWAYS = [
    ("0", "calendar.closures.0.headway_min must be greater than or equal to 0.1; got 0.0"),
    ("-5", "calendar.closures.0.headway_min must be greater than or equal to 0.1; got -5.0"),
    ("ten", "calendar.csv c.csv line 2 column 'headway_min' must be a number or empty; got 'ten'"),
    ("nan", "calendar.csv c.csv line 2 column 'headway_min' must be a finite number; got 'nan'"),
    ("inf", "calendar.csv c.csv line 2 column 'headway_min' must be a finite number; got 'inf'"),
]


@pytest.mark.parametrize(("rows", "line"), REFUSED, ids=range(len(REFUSED)))
def test_refused_rows(rows: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(HEADER + rows + "\n" * bool(rows), encoding="utf-8")
    found = faults_with(("calendar.csv", "c.csv"), folders=(tmp_path,))
    assert len(found) == 1
    assert found[0].startswith(line), found


@pytest.mark.parametrize(("cell", "line"), HEADWAYS, ids=[cell for cell, _ in HEADWAYS])
def test_refused_headways(cell: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(f"{ONE_WAY}{DAY}06:00,{DAY}07:00,,,,{cell}\n", encoding="utf-8")
    assert faults_with(("calendar.csv", "c.csv"), folders=(tmp_path,)) == [line]


def closures(table: str, folder: Path) -> Any:
    (folder / "c.csv").write_text(table, encoding="utf-8")
    config = {**march(), "calendar": {**march()["calendar"], "csv": "c.csv"}}
    return compile_network(make_scenario(config, (folder,)))


def test_rows_are_read_in_any_order_and_may_overlap(tmp_path: Path) -> None:
    rows = [f"{DAY}12:00,{DAY}20:00,,,", f"{DAY}06:00,{DAY}14:00,xinhai,,", "2018-01-01 00:00,2019-01-01 00:00,,7,"]
    one = closures(HEADER + "\n".join(rows), tmp_path).closures
    other = closures(HEADER + "\n".join(rows[::-1]), tmp_path).closures
    assert sorted(zip(one.start_tick, one.end_tick, one.stops.sum((1, 2)), strict=True)) == sorted(
        zip(other.start_tick, other.end_tick, other.stops.sum((1, 2)), strict=True)
    )
    assert not one.headway_ticks.any()


def test_a_row_before_the_start_is_over_and_one_longer_than_the_horizon_never_ends(tmp_path: Path) -> None:
    network = closures(
        f"{HEADER}2017-01-01 00:00,2017-01-02 00:00,,,\n2017-01-01 00:00,2020-01-01 00:00,,,\n", tmp_path
    )
    past, endless = network.closures.end_tick
    assert past <= 0
    assert endless > network.horizon_tick
    assert (network.closures.start_tick <= 0).all()


def test_one_way_working_spaces_the_ships_that_it_names_and_stops_none(tmp_path: Path) -> None:
    network = closures(f"{ONE_WAY}{DAY}06:00,{DAY}07:00,xinhai,,outbound,10\n", tmp_path)
    table, terminals = network.closures, network.terminals
    assert table.headway_ticks.tolist() == [TICKS_PER_HOUR // 6]
    assert not table.stops.any()
    spaced = table.spaces[0].any(axis=1)
    names = {network.ports.name[terminals.port[t]] for t in spaced.nonzero()[0]}
    assert names == {"xinhai"}
    assert {terminals.direction[t] for t in spaced.nonzero()[0]} == {"outbound"}
