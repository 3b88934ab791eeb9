"""Parameter uncertainty: a table of draws, of which every replication takes one."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, ValidationInfo, model_validator

from sim.errors import Fault

from .base import Model
from .table import find_file

if TYPE_CHECKING:
    from .scenario import Scenario

Cell = int | float | str
ANY_KEY = "*"


class Draws(Model):
    """Draws from what a calibration leaves open: replication r runs with row r, and after the last with the first."""

    csv: str | None = None
    """File whose columns are named by dotted settings (`*` for every entry of a mapping that has the rest), such as
    `demand.daily.outbound.3`; a column `source_id` and those that start with `note` are left alone."""
    setting: tuple[str, ...]
    rows: Annotated[tuple[tuple[Cell, ...], ...], Field(min_length=1)]
    """One row a draw: the value of each setting."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, Mapping) or not isinstance(data.get("csv"), str) or data.get("rows"):
            return data
        path = find_file(data["csv"], (info.context or {}).get("folders", ()))
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        names = rows[0] if rows else []
        kept = [n for n, name in enumerate(names) if name != "source_id" and not name.startswith("note")]
        for line, row in enumerate(rows[1:], start=2):
            if len(row) != len(names):
                raise ValueError(f"csv {path.name} line {line} must have {len(names)} cells; got {len(row)}")
        values = [[_value(row[n]) for n in kept] for row in rows[1:]]
        return {**data, "setting": [names[n] for n in kept], "rows": values}

    @model_validator(mode="after")
    def _rectangular(self) -> "Draws":
        if any(len(row) != len(self.setting) for row in self.rows):
            raise ValueError(f"rows must have one value for each of the {len(self.setting)} settings; got others")
        return self

    def of(self, replication: int) -> dict[str, Cell]:
        """Tell the value of each setting in a replication."""
        return dict(zip(self.setting, self.rows[replication % len(self.rows)], strict=True))


def _value(text: str) -> Cell:
    """Read a cell as a whole number, a number or a text."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def with_draw(plain: dict[str, Any], values: Mapping[str, Any]) -> list[Fault]:
    """Put the values of a draw into a plain mapping of a scenario, and list the settings that lead nowhere."""
    faults = []
    for setting, value in values.items():
        homes = list(_homes(plain, setting.split(".")))
        for home, key in homes:
            home[key] = value
        if not homes:
            faults.append(Fault("draws.setting", "must name a value of the scenario", setting))
    return faults


def _homes(part: Any, keys: Sequence[str]) -> Iterator[tuple[Any, Any]]:
    """Yield each mapping or list, with the key in it, that a dotted setting means."""
    key, rest = keys[0], keys[1:]
    if isinstance(part, list):
        places: list[Any] = [int(key)] if key.isdecimal() and int(key) < len(part) else []
    elif isinstance(part, Mapping):
        places = list(part) if key == ANY_KEY else [key] if key in part else []
    else:
        return
    for place in places:
        if rest:
            yield from _homes(part[place], rest)
        else:
            yield part, place


def of_replication(scenario: "Scenario", replication: int) -> "Scenario":
    """Return the scenario that a replication runs: the same, or with its draw put in.

    Raises
    ------
    ScenarioError
        If a value of the draw is out of range.
    """
    from .scenario import make_scenario  # noqa: PLC0415 - a scenario holds draws, and a draw makes a scenario

    draws = scenario.world.draws if scenario.world is not None else None
    if draws is None:
        return scenario
    plain = scenario.as_mapping()
    plain["draws"] = None
    with_draw(plain, draws.of(replication))
    return make_scenario(plain)
