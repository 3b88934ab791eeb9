"""The chapter of assumptions and sources: what a study changes, and where its values in the base come from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.figures.wording import Texts
from sim.study.runner.values import value_text as text_of

from .naming import is_number, value_text
from .origins import Origins, Where, count, is_within
from .page import Cell, Column, Part, Table, Text
from .results import Reader
from .translated import translated, translated_source
from .words import Words, catalogue

Rows = list[list[Cell]]


def origins_of(reader: Reader, origins: Origins) -> Iterator[Part]:
    """Write where the values that a study changes come from, those origins in full, and a count of all others."""
    study, words = reader.study, reader.words
    mappings = [study.plan.mapping(base) for base in study.bases]
    given = given_settings(study.plan.study.base)
    drawn = _drawn(reader)
    found = [origins.of(mapping, [*given, *drawn]) for mapping in mappings]
    yield Text([words("origins_lead")])
    changed = list(_changed(reader, given))
    ids: list[str] = []
    rows: Rows = []
    for title, key, by in changed:
        base, own = _in_bases(key, mappings, found, words)
        none = "origin_option" if "." not in key else "origin_drawn" if key in drawn else "origin_none"
        told = ", ".join(own) or words(none)
        if not own and "." in key and (stated := origins.replaced(mappings[0], key.split("."))):
            own, told = stated, words("origin_replaced", ids=", ".join(stated), none=told)
        ids += own
        cells = [Cell(title), Cell(key, language="en"), Cell(base), Cell(by), Cell(told)]
        rows.append([*cells[:2], *cells[3:]] if study.is_drawn else cells)
    if rows:
        heads = ["column_factor", "column_setting_key", "column_base", "column_by", "column_origin"]
        if study.is_drawn:
            heads.remove("column_base")
        columns = [Column(words(head), "key" if head == "column_setting_key" else "words") for head in heads]
        yield Table(words("table_origins_drawn" if study.is_drawn else "table_origins"), columns, rows)
    yield from texts_of(ids, origins, words)
    for base_point, own_origins in zip(study.bases, found, strict=True):
        counted = count(own_origins)
        numbers = {"sourced": counted.sourced, "assumed": counted.assumed, "other": counted.other}
        key = "origins_count_drawn" if study.is_drawn else "origins_count"
        yield Text([words(key, block=reader.block(base_point), all=len(own_origins), **numbers)])


def _drawn(reader: Reader) -> list[str]:
    """List the settings whose values are drawn, which therefore have no origin though some file may hold the same."""
    naming = reader.naming
    keys = [key.lstrip("+") for name in naming.given for key in naming.settings(name)]
    return keys if reader.study.is_drawn else []


def _changed(reader: Reader, given: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield title, setting and author of every change: the settings of the factors, then those of the base."""
    words, naming = reader.words, reader.naming
    for name in naming.given:
        for key in naming.settings(name):
            yield naming.key_title(key), key.lstrip("+"), words("by_factor", name=naming.factor(name))
    for key in given:
        yield naming.key_title(key), key, words("by_base")


def given_settings(overrides: Sequence[str]) -> list[str]:
    """List the settings that overrides change, without the options of groups."""
    keys = (line.partition("=")[0].lstrip("+~") for line in overrides)
    return [key for key in keys if re.fullmatch(r"\w+(\.\w+)+", key) and not key.startswith("hydra.")]


def _in_bases(
    key: str, mappings: Sequence[Mapping[str, Any]], found: Sequence[Mapping[Where, Sequence[str]]], words: Words
) -> tuple[str, list[str]]:
    """Value of a setting in the bases of the blocks, and the ids of its origin; nothing for a group of settings."""
    parts = key.split(".")
    values, ids = [], []
    for mapping, origins in zip(mappings, found, strict=True):
        part: Any = mapping
        for name in parts:
            part = part.get(name) if isinstance(part, Mapping) else None
        is_known = part is None or is_number(part)
        values.append(value_text(part) if is_known else text_of(part, Texts(words.language), mapping))
        inside = [own for where, own in origins.items() if is_within(where, parts)]
        ids += [name for own in inside for name in own]
    if len(parts) == 1:
        return "", []
    return "; ".join(dict.fromkeys(values)), list(dict.fromkeys(ids))


def texts_of(ids: Sequence[str], origins: Origins, words: Words) -> Iterator[Table]:
    """Write assumptions and sources in full, assumptions first, each once; nothing where there are none."""
    known = {name for name in ids if name in origins.assumptions or name in origins.sources}
    rows = [_row(name, origins, words) for name in sorted(known, key=lambda name: (name[0], int(name[1:])))]
    heads = ("column_id", "column_what", "column_value", "column_reason")
    if rows:
        is_english = words.language == "zh" and any(cell.language == "en" for row in rows for cell in row)
        note = words("texts_in_english") if is_english else ""
        yield Table(words("table_texts"), [Column(words(head)) for head in heads], rows, note)


def _row(name: str, origins: Origins, words: Words) -> list[Cell]:
    if name in origins.assumptions:
        told = origins.assumptions[name]
        title = catalogue("assumptions.zh").get(name) if words.language == "zh" else None
        what = Cell(title) if title else Cell(told.what, language="en")
        texts = translated(name, told) if words.language == "zh" else None
        if texts:
            return [Cell(name), what, *map(Cell, texts)]
        return [Cell(name), what, Cell(told.value, language="en"), Cell(told.reason, language="en")]
    row = origins.sources[name]
    in_chinese = translated_source(name, row) if words.language == "zh" else None
    if in_chinese:
        return [Cell(name), *map(Cell, in_chinese)]
    rest = ", ".join(part for part in (row["date"], row["note"]) if part)
    return [Cell(name), Cell(row["title"]), Cell(row["publisher"]), Cell(rest, language="en")]
