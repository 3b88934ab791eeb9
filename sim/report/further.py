"""Every other table of a study's folder: cells by their names, intervals in brackets, what all rows share below."""

import re
from collections.abc import Iterator, Mapping, Sequence

from sim.metrics.kept import BY_NAME
from sim.scenario.study import Figure
from sim.study.runner.values import value_text

from .numbers import MINUS, bounds_in_brackets, with_interval
from .page import Cell, Column, Table
from .results import MOST_ROWS, Reader

_TOLD = {"results.csv", "differences.csv", "design.csv", "failures.csv"}
"""Tables that the page shows in a way of their own."""
_FEW_ROWS, _MOST_COLUMNS = 20, 8
"""Of a table that is not folded."""
_PREFIXES = ("", "price_", "per_")
_LABELS = ("direction", "line", "class")
_COLUMNS = ("metric", "statistic", *_LABELS)
"""Of a figure."""
_SMALL = 0.001

Row = Mapping[str, str]


def further_of(reader: Reader) -> Iterator[Table]:
    """Yield the tables, such as `front.csv`, by name."""
    words = reader.words
    for path in sorted(reader.study.folder.glob("*.csv")):
        rows = [] if path.name in _TOLD else reader.study.rows_in(path.name)
        if not rows:
            continue
        caption = words.known(f"table_{path.stem}") or words("table_other", name=path.stem.replace("_", " "))
        shown = [_in_words(row, reader) for row in rows]
        same = _same_in_all(shown)
        bounded = {name for name, _, _ in _bounded(rows[0])}
        told = [name for name in shown[0] if name not in same]
        heads = [
            Column(_head(name, reader), "number" if name in bounded or _holds_numbers(shown, name) else "words")
            for name in told
        ]
        cells = [[Cell(row[name]) for name in told] for row in shown[:MOST_ROWS]]
        notes = [words("named", name=_head(name, reader), what=what) for name, what in same.items() if what]
        if bounded & set(told):
            notes.append(words("note_bounds"))
        if len(rows) > MOST_ROWS:
            notes.append(words("note_rows", shown=MOST_ROWS, rows=len(rows), file=path.name))
        is_folded = len(rows) > _FEW_ROWS or len(told) > _MOST_COLUMNS
        yield Table(caption, heads, cells, words("semicolon").join(notes), is_folded)


def _in_words(row: Row, reader: Reader) -> dict[str, str]:
    """Write the cells of a row: figures, factors and points by their names, numbers as short as may be."""
    written = {name: _cell(name, text, reader) for name, text in row.items()}
    for prefix in _PREFIXES:
        metric, labels = row.get(f"{prefix}metric", ""), [f"{prefix}{name}" for name in _COLUMNS]
        if metric in BY_NAME and all(name in row for name in labels):
            written[f"{prefix}metric"] = _figure_name([row[name] for name in labels], reader)
            for name in labels[1:]:
                del written[name]
        elif metric in BY_NAME and f"{prefix}statistic" in row:
            title = BY_NAME[metric].zh if reader.words.language == "zh" else BY_NAME[metric].en
            written[f"{prefix}metric"] = reader.texts(f"statistic_{row[f'{prefix}statistic']}", metric=title)
            del written[f"{prefix}statistic"]
    point = next((r for r in reader.study.plan.ready if str(r.point.number) == row.get("point")), None)
    if point is not None and "factors" in row:
        written["factors"] = reader.naming.setting(point)
    if "factor" in row:
        written["factor"] = reader.naming.factor(row["factor"])
        if "setting" in row:
            written["setting"] = reader.naming.value(row["factor"], row["setting"])
    for name, low, high in _bounded(row):
        if all(_is_number(row[part]) for part in (name, low, high)):
            written[name] = _with_bounds((float(row[name]), float(row[low]), float(row[high])), reader)
        del written[low], written[high]
    return written


def _bounded(row: Row) -> Iterator[tuple[str, str, str]]:
    """Yield the columns of an estimate and of its bounds: `value, low, high`, `first, first_low, first_high`."""
    for low in row:
        stem = low.removesuffix("low")
        name = stem.rstrip("_") if stem.rstrip("_") in row else f"{stem}value"
        if stem != low and name in row and f"{stem}high" in row:
            yield name, low, f"{stem}high"


def _figure_name(cells: Sequence[str], reader: Reader) -> str:
    """Name a figure by its cells in the order of `_COLUMNS`."""
    names = (*_COLUMNS[:-1], "vehicle_class")
    return reader.label(Figure.model_validate(dict(zip(names, cells, strict=True))))


def _with_bounds(figure: tuple[float, float, float], reader: Reader) -> str:
    """Write an estimate with its interval, also where both are too small for the decimals of other tables."""
    _, low, high = figure
    if low == high or high - low > _SMALL:
        return with_interval(figure, reader.words)
    told, *ends = (f"{number:.3g}".replace("-", MINUS) for number in figure)
    return told + bounds_in_brackets(ends, reader.words)


def _cell(name: str, text: str, reader: Reader) -> str:
    if name.startswith(("is_", "may_")) and text in ("0", "1"):
        return reader.texts("value_true" if text == "1" else "value_false")
    if name.removeprefix("price_").removeprefix("per_") in _LABELS:
        known = reader.texts.known(f"way_{text}")
        return known or ("" if text == "all" else value_text(text, reader.texts, reader.mapping))
    if name == "case":
        return reader.words.known(f"case_{text}") or text
    if name.endswith("unit"):
        return "" if text == "1" else reader.texts.unit(text)
    if name == "less" and len(parts := text.split()) == len(_COLUMNS):
        return _figure_name(parts, reader)
    return f"{float(text):.4g}".replace("-", MINUS) if _is_number(text) and "." in text else text


def _same_in_all(rows: list[dict[str, str]]) -> dict[str, str]:
    """Find the columns that say the same in every row, numbers that are measured left out."""
    if len(rows) == 1:
        return {name: text for name, text in rows[0].items() if text in ("", "all")}
    names = [name for name in rows[0] if len({row[name] for row in rows}) == 1]
    return {name: "" if rows[0][name] == "all" else rows[0][name] for name in names if name != "point"}


def _head(name: str, reader: Reader) -> str:
    return reader.words.known(f"csv_{name}") or name.replace("_", " ")


def _holds_numbers(rows: list[dict[str, str]], name: str) -> bool:
    return all(_is_number(row[name]) for row in rows)


def _is_number(text: str) -> bool:
    return re.fullmatch(rf"[-{MINUS}]?\d+(\.\d+)?(e[+-{MINUS}]?\d+)?", text) is not None


__all__ = ["further_of"]
