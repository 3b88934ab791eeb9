"""A finished study, read from its folder: the plan, the manifest, and the figures that the study asks about."""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import compute

from sim.errors import Fault, ScenarioError
from sim.metrics.kept import BY_NAME
from sim.scenario.base import Model
from sim.scenario.study import Figure
from sim.study.design import Ready
from sim.study.runner import Plan, load_plan
from sim.study.store import FOLDER_FIELD, look_into
from sim.study.store.manifest import read_manifest

_KEY = ("metric", "statistic", "direction", "line", "class")
Rows = Mapping[int, Mapping[str, Any]]
"""Rows of a table by the number of the point, in its order."""
_BETWEEN = "\x1f"
_MOST_TOTALS = 12
_FIRST = ("ratio", "mean", "p95")


@dataclass(frozen=True)
class Study:
    """A finished study."""

    folder: Path
    plan: Plan
    manifest: Mapping[str, Any]
    read: dict[str, dict[tuple[str, ...], Rows]] = field(default_factory=dict, repr=False)
    """Figures of all points by table and key, once they were read."""

    @property
    def replications(self) -> int:
        """Of every point."""
        return int(self.manifest["replications"])

    @property
    def confidence(self) -> float:
        """Level of the intervals."""
        return float(self.plan.run(self.plan.ready[0])["confidence"])

    @property
    def level(self) -> str:
        """Level of the intervals, as it is written."""
        return f"{100 * self.confidence:g} %"

    @property
    def is_drawn(self) -> bool:
        """Whether the points are drawn from ranges, so that none of them is a base."""
        return self.plan.study.design.kind in ("latin_hypercube", "sobol")

    @property
    def bases(self) -> list[Ready]:
        """Base of each block."""
        return [self.plan.base_of(block[0]) for block in self.plan.blocks]

    @cached_property
    def asked(self) -> list[Figure]:
        """Figures that the study asks about, in the order in which it does."""
        return list(dict.fromkeys(figures_in(self.plan.study)))

    @cached_property
    def totals(self) -> list[Figure]:
        """Totals of whatever else is kept."""
        return [figure for figure in self._totals() if figure not in self.asked][:_MOST_TOTALS]

    def _totals(self) -> Iterator[Figure]:
        file = pq.ParquetFile(self.folder / "results.parquet")
        if not file.num_row_groups:  # every point failed
            return
        found = file.read_row_group(0).to_pandas()
        found = found[found["point"] == found["point"].iloc[0]]
        found = found[(found["port"] == "all") & (found["station"] == "all") & found["statistic"].isin(_FIRST)]
        parts = (found[["direction", "line", "class"]] != "all").sum(axis=1)
        coarsest = found[parts == parts.groupby(found["metric"]).transform("min")]
        for name in self.plan.study.outputs.metrics:
            for row in coarsest[coarsest["metric"] == name].to_dict("records"):
                labels = {"direction": row["direction"], "line": row["line"], "vehicle_class": row["class"]}
                yield Figure.model_validate({"metric": name, "statistic": row["statistic"], **labels})

    def rows_of(self, name: str) -> int:
        """Number of rows of a table of the study."""
        return int(pq.read_metadata(self.folder / f"{name}.parquet").num_rows)

    def figure(self, name: str, figure: Figure) -> Rows:
        """Read one figure of every point from `results` or `differences`."""
        if name not in self.read:
            self.read[name] = self._figures(name)
        return self.read[name].get(_key_of(figure), {})

    def _figures(self, name: str) -> dict[tuple[str, ...], Rows]:
        """Read all figures that the page shows, in one pass over a table, a part in memory at a time."""
        wanted = {_joined([*_key_of(figure), "all", "all"]) for figure in [*self.asked, *self.totals]}
        found: dict[tuple[str, ...], dict[int, Mapping[str, Any]]] = {}
        file = pq.ParquetFile(self.folder / f"{name}.parquet")
        for group in range(file.num_row_groups):
            part = file.read_row_group(group)
            columns = [part[column].cast(pa.string()) for column in (*_KEY, "port", "station")]
            keys = compute.binary_join_element_wise(*columns, _BETWEEN)
            for row in part.filter(compute.is_in(keys, pa.array(sorted(wanted), pa.string()))).to_pylist():
                key = tuple(str(row[column]) for column in _KEY)
                numbers = {column: math.nan if value is None else value for column, value in row.items()}
                found.setdefault(key, {})[int(row["point"])] = numbers
        return dict(found)

    def rows_in(self, name: str) -> list[dict[str, str]]:
        """Read a CSV table of the study as text; nothing where there is none."""
        path = self.folder / name
        if not path.is_file():
            return []
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))


def load_study(folder: Path) -> Study:
    """Read the folder of a finished study.

    Raises
    ------
    ScenarioError
        If the folder is not one of a study, the study is not finished, or a file is not what a study writes.
    """
    plan, manifest = load_plan(folder), read_manifest(folder) or {}
    if manifest.get("state") != "finished":
        finished, _ = look_into(folder).counts((r.key for r in plan.ready), plan.study.replications)
        rule = f"must be finished ({finished} of {len(plan.ready)} points are); the sweep's command goes on from there"
        raise ScenarioError(Fault(FOLDER_FIELD, rule, folder.name))
    absent = [name for name in ("results.parquet", "differences.parquet") if not (folder / name).is_file()]
    if absent:
        raise ScenarioError(_no_tables(folder, f"{absent[0]} is missing"))
    try:
        missing = {"point", "metric", "low", "high"} - set(pq.read_schema(folder / "results.parquet").names)
        if missing or int(manifest["replications"]) < 1 or not plan.ready:
            raise ValueError(f"results.parquet lacks {', '.join(sorted(missing))}")
        pq.read_schema(folder / "differences.parquet")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScenarioError(_no_tables(folder, " ".join(str(error).split())[:80])) from None
    return Study(folder, plan, manifest)


def _no_tables(folder: Path, reason: str) -> Fault:
    return Fault(FOLDER_FIELD, f"must hold the tables of a study ({reason})", folder.name)


def _joined(parts: Sequence[str]) -> str:
    return _BETWEEN.join(parts)


def _key_of(figure: Figure) -> tuple[str, ...]:
    return figure.metric, figure.statistic, figure.direction, figure.line, figure.vehicle_class


def figures_in(part: Any) -> Iterator[Figure]:
    """Yield every figure that a study names, however deep, if it is one of the catalogue."""
    if isinstance(part, Figure):
        if part.metric in BY_NAME:
            yield part
    elif isinstance(part, Model):
        for _, value in part:
            yield from figures_in(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from figures_in(value)
