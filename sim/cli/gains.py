"""`strait gains`: what one more point of ratio, one more post or one more team at each line would buy."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pandas as pd
from omegaconf import OmegaConf
from tqdm import tqdm

from sim.errors import Fault, ScenarioError
from sim.scenario import Scenario
from sim.study import Interrupted, Result, WorkerLostError, simulate
from sim.study.folder import new_name, refuse_folder, runs_folder, whole_folder, write_csv, write_json
from sim.study.gains import COLUMNS, Change, gain_rows, single_changes
from sim.study.provenance import command_line, manifest

from .compose import scenario_at
from .names import beside
from .options import folder_asked, read_command_line
from .summary import interval, number
from .terminal import count_of, print_table, say, shown_path, warn

_DAYS_A_MONTH = 30


def gains_main(arguments: Sequence[str]) -> None:
    """Simulate the scenario and every single change of it, print and keep the differences."""
    asked = read_command_line("gains", arguments)
    if asked is None:
        return
    if asked.is_sweep:
        raise ScenarioError(Fault("command line", "must hold no -m: gains makes its own variants", "-m"))
    scenario = scenario_at(asked.desk)
    if scenario.world is None:
        raise ScenarioError(Fault("network.kind", "must be 'strait' for gains", "custom"))
    final = folder_asked(asked.desk) or runs_folder().parent / "gains" / new_name(scenario.title.name, datetime.now())
    refuse_folder(final)
    study = _Study(scenario, final, command_line("gains", arguments), datetime.now().astimezone())
    try:
        base = _simulate(scenario, "base")
        for change in list(single_changes(base)):
            study.found.append(gain_rows(change, base, _simulate(change.scenario, _short(change))))
    except (Interrupted, WorkerLostError):
        if study.found:
            _keep(study, base, is_whole=False)
        raise
    _keep(study, base, is_whole=True)


@dataclass
class _Study:
    """What is asked, and what has been found so far."""

    scenario: Scenario
    final: Path
    command: str
    started: datetime
    found: list[pd.DataFrame] = field(default_factory=list)


def _simulate(scenario: Scenario, name: str) -> Result:
    wanted = scenario.run.replications
    with tqdm(total=wanted, desc=name, unit="replication", disable=not sys.stderr.isatty(), leave=False) as bar:
        return simulate(scenario, progress=lambda finished, _: (bar.update(finished - bar.n), None)[1])


def _short(change: Change) -> str:
    return " ".join(part for part in (change.kind, change.line, change.port, change.station) if part != "all")


def _keep(study: _Study, base: Result, is_whole: bool) -> None:
    """Write gains.csv with what it came from, then print the table."""
    frame = pd.concat(study.found, ignore_index=True) if study.found else pd.DataFrame(columns=list(COLUMNS))
    origin = {"command": study.command, "interrupted": not is_whole}
    places: list[Path] = []
    with whole_folder(study.final, places.append) as folder:
        config = OmegaConf.to_yaml(OmegaConf.create(study.scenario.as_mapping()))
        (folder / "config.yaml").write_text(config, encoding="utf-8")
        write_json(manifest(study.scenario, base.replications, study.started, **origin), folder / "manifest.json")
        write_csv(frame, folder / "gains.csv")
    _print(frame, base)
    say(shown_path(places[0]))
    if not is_whole:
        warn("interrupted: kept the changes that were finished")


_WORDS = {
    "en": {
        "head": "differences from the run as it is, paired, {counted}, {level} intervals",
        "ratio": "+1 point of ratio", "post": "+1 post: ", "team": "+1 team: ", "change": "change", "where": "where",
        "expected_interception": "interception, points", "expected_finds": "finds a month",
        "inspection_delay": "delay there, min", "officer_hours": "officer-hours a day", "price": "CNY a find more",
    },
    "zh": {
        "head": "与现状之差（逐次配对），{counted}，{level} 区间",
        "ratio": "抽检率 +1 个百分点", "post": "增加一个岗位：", "team": "增加一队：",
        "change": "改变", "where": "位置", "expected_interception": "拦截率（百分点）", "expected_finds": "每月查获数",
        "inspection_delay": "该处延误（分钟）", "officer_hours": "每天查验人时", "price": "每多查获一次的费用（元）",
    },
}  # fmt: skip


def _print(frame: pd.DataFrame, base: Result) -> None:
    from sim.figures.wording import Texts  # noqa: PLC0415 - brings matplotlib

    run, language = base.scenario.run, base.scenario.run.language
    texts = Texts(language)
    words, titles = _WORDS[language], base.network.place_title[language] | base.network.port_title[language]
    header = [words[name] for name in ("change", "where", "expected_interception", "expected_finds")]
    header += [words[name] for name in ("inspection_delay", "officer_hours", "price")]
    rows = []
    for key, part in frame.groupby(["change", "line", "port", "station"], sort=False):
        kind, line, port, station = map(str, key)
        named = {str(row.figure): row for row in part.itertuples()}
        change = words[kind] if kind == "ratio" else f"{words[kind]}{texts.station(station)}"
        where = " ".join(titles.get(name, name) for name in (line, port) if name != "all")
        rows.append([change, where, *_cells(named, language)])
    n = base.replications
    counted = f"{n} 次重复" if language == "zh" else count_of(n, "replication")
    say(words["head"].format(counted=counted, level=f"{run.confidence:.0%}"))
    print_table(header, rows, right=(2, 3, 4, 5, 6))


def _cells(named: Mapping[str, object], language: str) -> list[str]:
    """Write the differences of one change, each with its interval."""
    cells = [
        _difference(named.get("expected_interception"), 100.0, language),
        _difference(named.get("expected_finds"), _DAYS_A_MONTH, language),
        _difference(named.get("inspection_delay"), 1.0, language),
        _difference(named.get("officer_hours"), 1.0, language, with_interval=False),
    ]
    finds, cost = named.get("expected_finds"), named.get("cost")
    is_sure = finds is not None and getattr(finds, "low", 0.0) > 0
    more = float(getattr(cost, "difference", float("nan")))
    # NOTE work that is not paid for here, such as that of parcel firms, has no price.
    price = more / getattr(finds, "difference", 1.0) if is_sure and more else float("nan")
    return [*cells, number(price, "")]


def _difference(row: object | None, factor: float, language: str, with_interval: bool = True) -> str:
    if row is None:
        return "-"
    value, low, high = (factor * float(getattr(row, name)) for name in ("difference", "low", "high"))
    written = number(value, "")
    return beside(written, interval(low, high, "", language), language) if with_interval else written
