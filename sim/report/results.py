"""Tables of results and of differences: a table for each block, a row for each point, a column for each figure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sim.figures.wording import Texts
from sim.scenario.study import Figure
from sim.study.design import Ready
from sim.study.runner.curves import add_unit, block_title, brief_label, unit_of

from .naming import Naming
from .numbers import NONE, decimals_of_all, decimals_without_zero, scale_of, with_interval
from .page import Cell, Column, Part, Table, Text
from .shown import Study
from .words import Words

MOST_ROWS = 300
_MOST_FIGURES = 5
"""Side by side: with their intervals they fit a window of 1,200 pixels, and A4."""
_MOST_FACTORS = 4
_OPEN_ROWS = 60

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Reader:
    """A study, and the language that it is told in."""

    study: Study
    words: Words
    texts: Texts
    naming: Naming

    @classmethod
    def of(cls, study: Study, language: str) -> "Reader":
        """Make the names of a study in a language."""
        words = Words(language)
        return cls(study, words, Texts(language, study.confidence), Naming(study, words))

    @property
    def mapping(self) -> dict[str, Any]:
        """Settings of the first block, whose entries have titles."""
        return self.study.plan.mapping(self.study.bases[0])

    def block(self, base: Ready) -> str:
        """Name a block."""
        return block_title(self.study.plan, base, self.texts)

    def label(self, figure: Figure) -> str:
        """Name a figure."""
        label = brief_label(figure, self.study.plan.mapping(self.study.bases[0]), self.texts)
        return label[:1].upper() + label[1:]

    def unit(self, figure: Figure) -> str:
        """Unit in which a figure is shown."""
        return unit_of(figure, self.texts)

    def interval(self, row: Row, decimals: int | None = None, name: str = "value") -> str:
        """Write a number of a row with its interval."""
        return with_interval(in_display(row, name), self.words, decimals)


def in_display(row: Row, name: str = "value") -> tuple[float, float, float]:
    """Number of a row and its interval, in the unit of display."""
    scale = scale_of(str(row["unit"]))
    value, low, high = (scale * float(row[key]) for key in (name, "low", "high"))
    return value, low, high


def results_of(reader: Reader) -> Iterator[Part]:
    """Write the figures that a study asks about, and the totals of the others."""
    study, words = reader.study, reader.words
    note = words("note_results", n=study.replications) if study.replications > 1 else words("one_replication")
    if study.plan.study.screening is not None:
        note = f"{note} {words('note_kept_longer')}"
    kinds = [("table_results", study.asked), ("table_totals", study.totals)]
    for number, (caption, figures) in enumerate(kind for kind in kinds if kind[1]):
        rows = _Rows(reader, "results", caption, "value")
        yield from rows.tables(figures, is_folded=number > 0)
    yield Text([note, words("everything", figures=f"{study.rows_of('results'):,}")], "note")


def differences_of(reader: Reader) -> Iterator[Part]:
    """Write the differences of every point from the base of its block."""
    study, words = reader.study, reader.words
    if study.is_drawn:
        yield Text([words("differences_drawn")])
        return
    figures = [f for f in study.asked or study.totals if len(study.figure("differences", f))]
    if not figures:
        yield Text([words("no_pairs")])
        return
    found = [(point, row) for figure in figures for point, row in study.figure("differences", figure).items()]
    note = words("note_differences", comparisons=len({point for point, _ in found}), level=study.level)
    ratios = [row["variance_ratio"] for _, row in found if math.isfinite(row["variance_ratio"])]
    if ratios:
        note = f"{note} {words('note_variance', ratio=f'{median(ratios):.3g}')}"
    yield from _Rows(reader, "differences", "table_differences", "difference").tables(figures, is_folded=False)
    yield Text([note], "note")


@dataclass(frozen=True)
class _Rows:
    """Lays figures of points out as tables."""

    reader: Reader
    source: str
    caption: str
    number: str
    """Column of the number that is shown."""

    def tables(self, figures: Sequence[Figure], is_folded: bool) -> Iterator[Table]:
        """Yield a table for each block and each handful of figures."""
        study, words = self.reader.study, self.reader.words
        parts = -(-len(figures) // _MOST_FIGURES)
        for base, block in zip(study.bases, study.plan.blocks, strict=True):
            for first in range(0, len(figures), _MOST_FIGURES):
                some = figures[first : first + _MOST_FIGURES]
                shown = [ready for ready in block[:MOST_ROWS] if self._has(ready)]
                columns = [self._column(figure, shown) for figure in some]
                rows = [
                    [*self._named(ready), *(column[place] for column in columns)] for place, ready in enumerate(shown)
                ]
                caption = words(self.caption, block=self.reader.block(base), level=study.level)
                if parts > 1:
                    caption = words("part_of", caption=caption, number=first // _MOST_FIGURES + 1, parts=parts)
                yield Table(
                    caption,
                    [*self._heads(), *(self._head(figure) for figure in some)],
                    rows,
                    " ".join(self._notes(len(block))),
                    is_folded or first > 0 or len(rows) > _OPEN_ROWS,
                )

    def _has(self, ready: Ready) -> bool:
        return self.source == "results" or ready.key not in {base.key for base in self.reader.study.bases}

    def _notes(self, rows: int) -> Iterator[str]:
        words = self.reader.words
        if rows > MOST_ROWS:
            yield words("note_rows", shown=MOST_ROWS, rows=rows, file=f"{self.source}.csv")
        if not self._is_one_at_a_time and len(self.reader.naming.factors_within()) > _MOST_FACTORS:
            yield words("note_design_csv", factors=len(self.reader.naming.factors_within()))

    @property
    def _is_one_at_a_time(self) -> bool:
        return bool(self.reader.study.plan.study.design.kind == "one_at_a_time")

    def _factors(self) -> list[str]:
        names = self.reader.naming.factors_within()
        return names if len(names) <= _MOST_FACTORS and not self._is_one_at_a_time else []

    def _heads(self) -> list[Column]:
        words, naming = self.reader.words, self.reader.naming
        setting = [Column(words("column_setting"), "name")] if self._is_one_at_a_time else []
        return [
            Column(words("column_point"), "name"),
            *setting,
            *(Column(naming.factor(name), "name") for name in self._factors()),
        ]

    def _head(self, figure: Figure) -> Column:
        unit = self.reader.unit(figure)
        if self.source == "differences" and unit == "%":
            unit = self.reader.words("points_unit")
        return Column(add_unit(self.reader.label(figure), unit, self.reader.texts), "number")

    def _named(self, ready: Ready) -> list[Cell]:
        naming, number = self.reader.naming, ready.point.number
        is_base = self.reader.study.plan.base_of(ready).key == ready.key
        setting = [Cell(naming.setting(ready), is_base)] if self._is_one_at_a_time else []
        values = [Cell(naming.value(name, ready.point.factors.get(name))) for name in self._factors()]
        return [Cell(str(number)), *setting, *values]

    def _column(self, figure: Figure, shown: Sequence[Ready]) -> list[Cell]:
        """Write a figure of some points with the same decimals, but for differences that would show an end of 0."""
        found = self.reader.study.figure(self.source, figure)
        rows = [found.get(ready.point.number) for ready in shown]
        decimals = decimals_of_all(in_display(row, self.number) for row in rows if row is not None)
        return [Cell(NONE) if row is None else self._cell(row, decimals) for row in rows]

    def _cell(self, row: Row, decimals: int) -> Cell:
        if self.number != "difference":
            return Cell(self.reader.interval(row, decimals, self.number))
        own = decimals_without_zero(in_display(row, self.number), decimals)
        return Cell(self.reader.interval(row, own, self.number), bool(row["low"] > 0 or row["high"] < 0))


def spans_of(reader: Reader) -> Iterator[str]:
    """Say for each block what its figures span; for studies that ask for no threshold."""
    study, words = reader.study, reader.words
    for base, block in zip(study.bases, study.plan.blocks, strict=True):
        ready = {r.point.number: r for r in block}
        for figure in (study.asked or study.totals)[:3]:
            found = {number: row for number, row in study.figure("results", figure).items() if number in ready}
            values = {number: row["value"] for number, row in found.items() if math.isfinite(row["value"])}
            if len(values) < 2 or math.isclose(min(values.values()), max(values.values())):
                continue
            told: dict[str, object] = {}
            for end, choose in (("low", min), ("high", max)):
                number = choose(values, key=values.__getitem__)
                told |= {end: reader.interval(found[number]), f"{end}_point": number}
                told[f"{end}_setting"] = reader.naming.setting(ready[number])
            label, unit = reader.label(figure), reader.unit(figure)
            yield words("span", block=reader.block(base), figure=label, unit=unit, **told)
