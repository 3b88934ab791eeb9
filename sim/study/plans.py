"""Several stored runs as plans to choose from: read, named, and held against each other."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from yaml import SafeLoader, YAMLError, load

from sim.errors import Fault, ScenarioError
from sim.metrics import channel_rates, displacement_frame
from sim.scenario.run import Adaptation

from .aliases import MOST_REPEATED, TooManyAliases, counting_aliases
from .changes import Factor
from .compare import load_run, read_csv, read_manifest

COLUMNS = (
    "metric", "unit", "direction", "port", "line", "station", "class", "statistic", "value", "low", "high", "n"
)  # fmt: skip
OTHER = "other"
"""Gates and other places where nothing is looked for."""
ADDITIVE = ("expected_interception", "officer_hours")
"""Figures of places that add up to that of their defence line."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What one run folder says."""

    folder: Path
    title: Mapping[str, str]
    """Name of the scenario by language."""
    config: Mapping[str, Any]
    """Every setting, nested as in config.yaml."""
    metrics: pd.DataFrame
    confidence: float


def read_plan(folder: Path, config: Mapping[str, Any]) -> Plan:
    """Read a run folder, whose configuration has been read already.

    Raises
    ------
    ScenarioError
        If a file is missing or is not what a run writes.
    """
    try:
        confidence = read_manifest(folder)["confidence"]
        metrics = read_csv(folder / "metrics.csv")
        missing = [column for column in COLUMNS if column not in metrics]
        if missing:
            raise ValueError(f"metrics.csv lacks the column {missing[0]}")
        numbers = metrics[["value", "low", "high", "n"]].apply(pd.to_numeric)
        title = {language: str(config["title"][language]) for language in ("zh", "en")}
        return Plan(folder, title, config, metrics.assign(**numbers), confidence)
    except OSError as error:
        raise ScenarioError(not_a_run(folder, f"{Path(str(error.filename)).name}: {error.strerror}")) from None
    except (ValueError, KeyError, TypeError) as error:
        raise ScenarioError(not_a_run(folder, str(error))) from None


def read_config(folder: Path, command: str = "plans") -> Mapping[str, Any]:
    """Read the settings of a run folder.

    Raises
    ------
    ScenarioError
        If there are none; `command` is what had asked for them.
    """
    try:
        config = load((folder / "config.yaml").read_text(encoding="utf-8"), counting_aliases(SafeLoader))
    except OSError as error:
        reason = "no such folder" if not folder.is_dir() else f"config.yaml: {error.strerror}"
        raise ScenarioError(not_a_run(folder, reason, command)) from None
    except TooManyAliases:
        reason = f"config.yaml repeats more than {MOST_REPEATED:,} values by aliases"
        raise ScenarioError(not_a_run(folder, reason, command)) from None
    except (YAMLError, ValueError, RecursionError):
        raise ScenarioError(not_a_run(folder, "config.yaml is not valid YAML", command)) from None
    if not isinstance(config, dict):
        raise ScenarioError(not_a_run(folder, "config.yaml holds no settings", command))
    return config


def not_a_run(folder: Path, reason: str, command: str = "plans") -> Fault:
    """Say that a folder holds no run."""
    return Fault(command, f"must name run folders ({reason})", str(folder))


def refuse_unlike(plans: Sequence[Plan], metrics: Collection[str]) -> None:
    """Make sure that plans can stand side by side.

    Parameters
    ----------
    plans : sequence of Plan
        At least one.
    metrics : collection of str
        What will be shown: a run must state those that the first one states.

    Raises
    ------
    ScenarioError
        If a folder is named twice, or figures or level of the intervals differ.
    """
    first = plans[0]
    stated = _stated(first, metrics)
    faults = []
    for number, plan in enumerate(plans):
        if plan.folder.resolve() in [other.folder.resolve() for other in plans[:number]]:
            faults.append(Fault("plans", "must name each run once", str(plan.folder)))
        elif differing := sorted(stated ^ _stated(plan, metrics)):
            rule = f"must name runs that state the same figures as {first.folder} (not so: {', '.join(differing[:3])})"
            faults.append(Fault("plans", rule, str(plan.folder)))
        elif plan.confidence != first.confidence:
            rule = f"must name runs with one level of intervals ({first.confidence} in {first.folder})"
            faults.append(Fault("plans", rule, f"{plan.confidence} in {plan.folder}"))
    if faults:
        raise ScenarioError(faults)


def _stated(plan: Plan, metrics: Collection[str]) -> set[str]:
    return set(plan.metrics["metric"]) & set(metrics)


def name_plans(plans: Sequence[Plan], factor: Factor | None, language: str) -> list[str]:
    """Name plans so that no two are alike: by what differs, else by title, folder and number."""
    if factor is not None:
        return [f"{factor.name} = {value:g}" for value in factor.numbers]
    names = [plan.title[language] for plan in plans]
    folders, places = [f" ({plan.folder.resolve().name})" for plan in plans], [f" [{n + 1}]" for n in range(len(plans))]
    for more in (folders, places):
        count = Counter(names)
        names = [name + ending if count[name] > 1 else name for name, ending in zip(names, more, strict=True)]
    return names


def stack_plans(plans: Sequence[Plan], names: Sequence[str]) -> pd.DataFrame:
    """Put the figures of all plans below each other, with `plan` (its name) and `run` (its folder's name) in front."""
    parts = [
        plan.metrics[list(COLUMNS)].assign(plan=name, run=plan.folder.resolve().name)
        for plan, name in zip(plans, names, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)[["plan", "run", *COLUMNS]]


def by_defence_line(metrics: pd.DataFrame, plans: Sequence[Plan]) -> pd.DataFrame:
    """Add the figures of places up by defence line, where figures of places are parts of a total.

    Parameters
    ----------
    metrics : DataFrame
        As `stack_plans` returns it.
    plans : sequence of Plan
        Whose configurations say which line a place belongs to; places that only let pass count as `OTHER`.

    Returns
    -------
    DataFrame
        The same columns; the sums have no bounds.
    """
    lines = {
        name: (place.get("line") or name) if place.get("secondary") or place.get("search") else OTHER
        for plan in plans for name, place in (plan.config.get("checkpoint") or {}).items()
    }  # fmt: skip
    is_part = metrics["metric"].isin(ADDITIVE) & metrics["line"].isin([*lines])
    parts = metrics[is_part].assign(line=metrics["line"].map(lines))
    keys = [name for name in parts.columns if name not in ("value", "low", "high", "n")]
    sums = parts.groupby(keys, sort=False).agg({"value": "sum", "n": "max"}).reset_index()
    return pd.concat([metrics[~is_part], sums], ignore_index=True)


def displacement_of(plans: Sequence[Plan], names: Sequence[str]) -> pd.DataFrame:
    """How carriers react to each plan, by the adaptation of the first one.

    Parameters
    ----------
    plans : sequence of Plan
        At least one.
    names : sequence of str
        By plan.

    Returns
    -------
    DataFrame
        As of `displacement_frame`. Empty where the first plan has no adaptation, a plan has no unit in one of its
        channels, or plans are not paired (common random numbers: equal seeds and numbers of replications).

    Raises
    ------
    ScenarioError
        If a folder lacks its replications, or the adaptation is not valid.
    """
    given = (plans[0].config.get("threat") or {}).get("adaptation")
    runs = [load_run(plan.folder) for plan in plans] if given else []
    if len({(run.manifest["seed"], run.manifest["replications"], run.manifest["stream_digest"]) for run in runs}) != 1:
        return pd.DataFrame()
    try:
        adaptation = Adaptation.model_validate(given)
    except ValueError:
        raise ScenarioError(not_a_run(plans[0].folder, "threat.adaptation is not valid")) from None
    rates = {name: channel_rates(adaptation, run.reductions) for name, run in zip(names, runs, strict=True)}
    return displacement_frame(adaptation, rates, plans[0].confidence)
