"""Two stored runs held against each other: pair by pair under common random numbers, else by Welch's interval."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from sim.errors import Fault, ScenarioError
from sim.metrics import Reduction, paired_difference, reduction_from_frame

_KEY = ["metric", "unit", "direction", "port", "line", "station", "class"]
_NEEDED = {"seed": int, "replications": int, "confidence": float, "scenario": str, "stream_digest": str}


@dataclass(frozen=True, eq=False)
class StoredRun:
    """What a run folder holds."""

    manifest: Mapping[str, Any]
    metrics: pd.DataFrame
    reductions: tuple[Reduction, ...]
    """Sums of each replication, without distributions."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Differences of run B from run A."""

    is_paired: bool
    """Whether both have the same random numbers, so that they were compared replication by replication."""
    differences: pd.DataFrame
    """metric, unit, direction, port, line, station, class, a, b, difference (b - a), low, high."""


def load_run(folder: Path) -> StoredRun:
    """Read a run folder.

    Raises
    ------
    ScenarioError
        If a file is missing or is not what a run writes.
    """
    try:
        manifest = read_manifest(folder)
        metrics, sums = read_csv(folder / "metrics.csv"), read_csv(folder / "replications.csv")
        reductions = tuple(reduction_from_frame(part) for _, part in sums.groupby("replication", sort=True))
        if len(reductions) != manifest["replications"] or not set(_KEY) <= set(metrics.columns):
            raise ValueError("its files do not belong together")
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ScenarioError(Fault("compare", f"must name run folders ({reason})", str(folder))) from None
    return StoredRun(manifest, metrics, reductions)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read where a run comes from.

    Raises
    ------
    OSError
        If there is no manifest that can be read.
    ValueError
        If it lacks an entry, or one is of another kind than a run writes.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if not isinstance(manifest, dict):
        raise ValueError("manifest.json holds no entries")
    for name, kind in _NEEDED.items():
        if name not in manifest:
            raise ValueError(f"manifest.json lacks {name}")
        if type(manifest[name]) is not kind:
            raise ValueError(f"manifest.json has {name} = {manifest[name]!r}")
    if not 0 < manifest["confidence"] < 1:
        raise ValueError(f"manifest.json has confidence = {manifest['confidence']!r}")
    return manifest


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table of a run folder."""
    # NOTE `none` is a name here; only empty cells are missing values.
    return pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False, na_values=[""])


def compare_runs(a: StoredRun, b: StoredRun) -> Comparison:
    """Compare two runs.

    Parameters
    ----------
    a, b : StoredRun

    Returns
    -------
    Comparison
        Paired (common random numbers) when seed, random numbers and number of replications are the same; else by
        Welch's interval (Welch 1947, Biometrika 34), which holds for independent runs.
    """
    same = all(a.manifest[key] == b.manifest[key] for key in ("seed", "replications", "stream_digest"))
    if same and a.manifest["replications"] > 1:
        frame = paired_difference(a.reductions, b.reductions, a.manifest["confidence"])
        return Comparison(True, frame[[*_KEY, "a", "b", "difference", "low", "high"]])
    return Comparison(False, _welch(a, b))


def _welch(a: StoredRun, b: StoredRun) -> pd.DataFrame:
    sides = [run.metrics[run.metrics["statistic"].isin(["mean", "ratio"])] for run in (a, b)]
    both = sides[0].merge(sides[1], on=[*_KEY, "statistic"], suffixes=("_a", "_b"))
    variance_a, variance_b = (_variance(both, side, run) for side, run in (("_a", a), ("_b", b)))
    n_a, n_b = a.manifest["replications"], b.manifest["replications"]
    total = variance_a + variance_b
    below = variance_a**2 / max(n_a - 1, 1) + variance_b**2 / max(n_b - 1, 1)
    freedom = np.divide(total**2, below, out=np.ones_like(total), where=below > 0)
    half = special.stdtrit(freedom, (1 + a.manifest["confidence"]) / 2) * np.sqrt(total)
    difference = (both["value_b"] - both["value_a"]).to_numpy()
    return both[_KEY].assign(
        a=both["value_a"], b=both["value_b"], difference=difference, low=difference - half, high=difference + half
    )


def _variance(both: pd.DataFrame, side: str, run: StoredRun) -> Any:
    """Squared standard error of each figure, read off its interval (a bound may have been clipped to [0, 1])."""
    value, low, high = (both[f"{name}{side}"].to_numpy() for name in ("value", "low", "high"))
    half = np.maximum(high - value, value - low)
    n = run.manifest["replications"]
    t = special.stdtrit(n - 1, (1 + run.manifest["confidence"]) / 2) if n > 1 else np.nan
    return (half / t) ** 2
