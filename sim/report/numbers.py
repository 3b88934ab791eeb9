"""Numbers as a committee reads them: as many digits as the interval warrants, in the unit of display."""

import math
from collections.abc import Iterable, Sequence

from .words import Words

NONE = "–"
"""Stands where there is no number."""
MINUS = "\u2212"
_NO_BREAK = "\u00a0"


def scale_of(unit: str) -> float:
    """Factor from a stored figure to what is shown; shares are shown in per cent."""
    return 100.0 if unit == "1" else 1.0


def decimals_of(value: float, low: float, high: float) -> int:
    """Decimals that an estimate warrants.

    Half the interval is written with two digits if they are at most 35, else with one (the rule of the Particle Data
    Group, 2022, section 5.3 of its introduction); a value without an interval gets three digits.
    """
    half = (high - low) / 2
    if math.isfinite(half) and half > 0:
        size = math.floor(math.log10(half))
        return min(4, max(0, (1 if half / 10.0**size <= 3.55 else 0) - size))
    size = math.floor(math.log10(abs(value))) if value else 2
    return min(4, max(0, 2 - size))


def decimals_of_all(figures: Iterable[tuple[float, float, float]]) -> int:
    """Decimals of a column: the middle of what its values with intervals warrant, else the most of the others."""
    known = [figure for figure in figures if math.isfinite(figure[0])]
    sure = [figure for figure in known if figure[2] > figure[1]]
    warranted = sorted(decimals_of(*figure) for figure in sure)
    if not warranted:
        return max((decimals_of(*figure) for figure in known), default=0)
    return warranted[(len(warranted) - 1) // 2]


def decimals_without_zero(figure: tuple[float, float, float], decimals: int) -> int:
    """Decimals of a difference in a column of so many: up to two more, so that no end that is not 0 is written as 0."""
    _, low, high = figure
    end = min(abs(low), abs(high)) if low > 0 or high < 0 else math.inf
    return next((more for more in (decimals, decimals + 1) if end >= 0.5 * 0.1**more), decimals + 2)


def rounded(value: float, decimals: int) -> str:
    """Write a number with so many decimals, thousands separated, and a true minus; zero has no sign."""
    text = f"{value:,.{decimals}f}"
    if text.startswith("-"):
        return text[1:] if not text.strip("-0.,") else MINUS + text[1:]
    return text


def with_interval(figure: tuple[float, float, float], words: Words, decimals: int | None = None) -> str:
    """Write `value (low to high)`, in Chinese `value（low 至 high）`.

    Parameters
    ----------
    figure : tuple of float
        Value, low and high in the unit of display; NaN where there is none.
    words : Words
        Of the page's language.
    decimals : int, optional
        Default what the figure itself warrants.
    """
    value, low, high = figure
    if not math.isfinite(value):
        return NONE
    digits = decimals_of(*figure) if decimals is None else decimals
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        return rounded(value, digits)
    shown, *ends = (rounded(number, digits) for number in figure)
    if shown == ends[0] == ends[1]:
        return shown
    return shown + bounds_in_brackets(ends, words)


def bounds_in_brackets(ends: Sequence[str], words: Words) -> str:
    """Write the ends of an interval in brackets, between which no line breaks."""
    return words("in_brackets", text=words("between").replace(" ", _NO_BREAK).join(ends))
