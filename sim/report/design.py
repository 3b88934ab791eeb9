"""How a study was designed: factors, points, blocks, replications, window."""

from collections.abc import Iterator, Mapping
from typing import Any

from sim.figures.wording import per_cent_in
from sim.scenario.study import Factor

from .naming import is_number, value_text, values_text
from .page import Cell, Column, Fact, Facts, Part, Table
from .results import Reader


def design_of(reader: Reader) -> Iterator[Part]:
    """Write the design of a study as facts and a table of its factors."""
    yield Facts(list(_facts(reader)))
    rows = list(_factor_rows(reader))
    if rows:
        heads = ["column_factor", "column_keys", "column_base", "column_values"]
        if reader.study.is_drawn:
            heads.remove("column_base")
            rows = [[*row[:2], *row[3:]] for row in rows]
        columns = [Column(reader.words(head), "key" if head == "column_keys" else "words") for head in heads]
        yield Table(reader.words("table_factors"), columns, rows)


def _facts(reader: Reader) -> Iterator[Fact]:
    study, words = reader.study, reader.words
    plan, given = study.plan, study.plan.study
    run, points = plan.run(plan.ready[0]), len(plan.ready)
    yield Fact(words("design_kind"), words(f"design_{given.design.kind}"))
    key = "design_points_value" if len(plan.blocks) > 1 else "design_points_one"
    key += "_drawn" if study.is_drawn else ""
    yield Fact(words("design_points"), words(key, points=points, blocks=len(plan.blocks), baseline=given.baseline))
    if len(plan.blocks) > 1:
        blocks = [reader.block(base) for base in study.bases]
        yield Fact(words("design_blocks"), words("semicolon").join(blocks))
    yield Fact(words("design_replications"), words("design_replications_value", n=study.replications))
    yield from _rules(reader)
    yield Fact(words("design_seed"), str(run["seed"]))
    windows = dict.fromkeys(_window(reader, plan.mapping(base)) for base in study.bases)
    yield Fact(words("design_window"), words("semicolon").join(windows))
    yield Fact(words("design_engine"), str(run["engine"]))
    yield Fact(words("design_level"), per_cent_in(study.level, words.language))
    audited = study.manifest.get("audited_replications")
    if audited:
        yield Fact(words("design_audit"), words("design_audit_value", n=audited))


def _rules(reader: Reader) -> Iterator[Fact]:
    """Yield how replications were added and points dropped."""
    words, given = reader.words, reader.study.plan.study
    if given.screening is not None:
        told = words("design_screening_value", probability=f"{given.screening.probability:g}")
        yield Fact(words("design_screening"), told)
    if given.precision is not None:
        targets = {"targets": len(given.precision.targets), "most": given.precision.most}
        yield Fact(words("design_precision"), words("design_precision_value", **targets))


def _window(reader: Reader, mapping: Mapping[str, Any]) -> str:
    run, start = mapping["run"], str((mapping.get("calendar") or {}).get("start") or "")
    told = {"days": f"{run['days']:g}", "lead": f"{run['lead_in_h']:g}"}
    if not start:
        return reader.words("design_window_short", **told)
    return reader.words("design_window_value", start=start.replace("T", " ")[:16], **told)


def _factor_rows(reader: Reader) -> Iterator[list[Cell]]:
    study, words, naming = reader.study, reader.words, reader.naming
    across = getattr(study.plan.study.design, "across", {})
    for name in naming.names:
        factor = naming.given.get(name)
        title = naming.factor(name)
        shown = words("across", name=title) if name in across else title
        keys = naming.settings(name)
        bases = list(dict.fromkeys(naming.value(name, base.point.factors.get(name)) for base in study.bases))
        full = title if len(keys) != 1 or naming.has_own_name(name) else naming.key_title(keys[0])
        what = words("named", name=shown, what=full) if full != title else shown
        base = words("semicolon").join(filter(None, bases)) or words("setting_base")
        yield [Cell(what), Cell(", ".join(keys), language="en"), Cell(base), Cell(_tried(reader, name, factor))]


def _tried(reader: Reader, name: str, factor: Factor | None) -> str:
    """Say which values a factor has had."""
    if factor is not None and factor.values is None:
        key = "range_log" if factor.scale == "log" else "range_values"
        return reader.words(key, low=value_text(factor.low), high=value_text(factor.high))
    if factor is not None:
        values = list(factor.values or ())
        if not all(map(is_number, values)):
            return reader.words("semicolon").join(reader.naming.value(name, value) for value in values)
        return values_text(values, reader.words)
    found = {value_text(v): v for r in reader.study.plan.ready if (v := r.point.factors.get(name)) is not None}
    return values_text(list(found.values()), reader.words)
