"""Make the generated pages: columns.md, metrics.md, scenario.md, study.md. Run by `make docs`; a test holds them in step."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sim.metrics.catalogue import METRICS
from sim.record import TABLES, columns_of
from sim.scenario import Scenario, World
from sim.scenario.custom import CustomNetwork
from sim.scenario.study import Executor, Study

HERE = Path(__file__).parent
SHAPES = {
    "units": "(N,) one row a unit",
    "serves": "(serve rows, N) one row a step name, names that never lie on one route share rows; one column a unit",
    "selects": "(select rows, N)",
    "alarms": "(alarm rows, N)",
    "sailings": "(M,) one row a sailing, in order of opening",
}


def columns_page() -> Iterator[str]:
    """Write the columns of a record."""
    yield "# Columns of a record"
    yield ""
    yield "Made by `make docs` from `sim/record/columns.py`. Missing is -1. Ticks are ms from the start of the simulation."
    for table in TABLES:
        yield f"\n## {table} {SHAPES[table]}\n"
        yield "| column | dtype | unit | 中文 | label | means |"
        yield "|---|---|---|---|---|---|"
        for c in columns_of(table):
            yield f"| `{c.name}` | {np.dtype(c.dtype).name} | {c.unit} | {c.zh} | {c.en} | {c.text} |"


def metrics_page() -> Iterator[str]:
    """Write the catalogue of metrics."""
    yield "# Metrics"
    yield ""
    yield "Made by `make docs` from `sim/metrics/catalogue.py`. Every figure of `metrics.csv` and `profile.csv`, with its"
    yield "denominator. The replication is the unit of every interval (docs/model.md, 4.3)."
    yield ""
    yield "| metric | unit | statistics | 中文 | means |"
    yield "|---|---|---|---|---|"
    for m in METRICS:
        yield f"| `{m.name}` | {m.unit} | {', '.join(m.statistics)} | {m.zh} | {m.definition} |"


def scenario_page() -> Iterator[str]:
    """Write the reference of all scenario fields."""
    yield "# Scenario fields"
    yield ""
    yield "Made by `make docs` from the models in `sim/scenario`. Units stand in the names. Every mapping by class may have"
    yield "the entry `any` for the classes it does not name."
    schema = Scenario.model_json_schema(by_alias=True)
    order = ["Scenario", World.__name__, CustomNetwork.__name__]
    definitions = {"Scenario": schema, **schema["$defs"]}
    for name in [*order, *(name for name in definitions if name not in order)]:
        yield from _definition(name, definitions[name])


def study_page() -> Iterator[str]:
    """Write the reference of all fields of an experiment file and of the executor."""
    yield "# Fields of a study"
    yield ""
    yield "Made by `make docs` from `sim/scenario/study.py`. A study is a file of `experiments/`; on the command line its fields"
    yield "are `study.FIELD=VALUE`, those of the executor `executor.FIELD=VALUE`."
    for model in (Study, Executor):
        schema = model.model_json_schema(by_alias=True)
        for name, definition in {model.__name__: schema, **schema.get("$defs", {})}.items():
            yield from _definition(name, definition)


def _definition(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f"\n## {name}\n"
    yield " ".join(schema.get("description", "").split())
    yield ""
    yield "| field | kind | default | means |"
    yield "|---|---|---|---|"
    needed = schema.get("required", [])
    for field, entry in schema.get("properties", {}).items():
        default = "" if field in needed else _short(entry.get("default"))
        text = " ".join(entry.get("description", "").split())
        yield f"| `{field}` | {_kind(entry)} | {default} | {text} |"


def _short(value: Any) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= 30 else "…"


def _kind(entry: dict[str, Any]) -> str:
    """Describe the type and the range of a field."""
    if "$ref" in entry:
        return entry["$ref"].rpartition("/")[2]
    if "const" in entry:
        return f"`{entry['const']}`"
    if "enum" in entry:
        return " or ".join(f"`{option}`" for option in entry["enum"])
    for key in ("anyOf", "oneOf"):
        if key in entry:
            return " or ".join(dict.fromkeys(_kind(option) for option in entry[key]))
    return _plain_kind(entry)


def _plain_kind(entry: dict[str, Any]) -> str:
    kind = entry.get("type", "any")
    if kind == "array":
        items = entry.get("items") or {"anyOf": entry.get("prefixItems", [])}
        return f"list of {_kind(items)}"
    if kind == "object":
        values = entry.get("additionalProperties") or next(iter(entry.get("patternProperties", {}).values()), {})
        return f"mapping to {_kind(values)}" if values else "mapping"
    words = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    limits = ", ".join(f"{sign} {_number(entry[word])}" for word, sign in words.items() if word in entry)
    name = {"null": "none", "integer": "whole number"}.get(kind, kind)
    return f"{name} {limits}".strip()


def _number(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else str(value)


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "columns.md": columns_page,
    "metrics.md": metrics_page,
    "scenario.md": scenario_page,
    "study.md": study_page,
}


def main() -> None:
    """Write every generated page."""
    for name, page in PAGES.items():
        (HERE / name).write_text("\n".join(page()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
