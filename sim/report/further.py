"""Every other table of a study's folder: columns and cells by their names, what is the same in all rows below."""

import re
from collections.abc import Iterator, Mapping

from sim.metrics.kept import BY_NAME
from sim.study.runner.values import value_text

from .page import Cell, Column, Table
from .results import MOST_ROWS, Reader

_TOLD = {"results.csv", "differences.csv", "design.csv", "failures.csv"}
"""Tables that the page shows in a way of their own."""
_FEW_ROWS, _MOST_COLUMNS = 20, 8
"""Of a table that is not folded."""
_PREFIXES = ("", "price_", "per_")
_LABELS = ("direction", "line", "class")

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
        told = [name for name in shown[0] if name not in same]
        heads = [Column(_head(name, reader), "number" if _holds_numbers(shown, name) else "words") for name in told]
        cells = [[Cell(row[name]) for name in told] for row in shown[:MOST_ROWS]]
        notes = [words("named", name=_head(name, reader), what=what) for name, what in same.items() if what]
        if len(rows) > MOST_ROWS:
            notes.append(words("note_rows", shown=MOST_ROWS, rows=len(rows), file=path.name))
        is_folded = len(rows) > _FEW_ROWS or len(told) > _MOST_COLUMNS
        yield Table(caption, heads, cells, words("semicolon").join(notes), is_folded)


def _in_words(row: Row, reader: Reader) -> dict[str, str]:
    """Write the cells of a row: figures, factors and points by their names, numbers as short as may be."""
    written = {name: _cell(name, text, reader) for name, text in row.items()}
    for prefix in _PREFIXES:
        metric = row.get(f"{prefix}metric", "")
        if metric in BY_NAME and f"{prefix}statistic" in row:
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
    return written


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
    return f"{float(text):.4g}" if _is_number(text) and "." in text else text


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
    return re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text) is not None


__all__ = ["further_of"]
