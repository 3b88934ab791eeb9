"""Concealment levels: how well a load is hidden, the same for all lines, unknown to those who select."""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated

from pydantic import Field

from sim.errors import Fault

from .base import ANY, Name, Ratio, value_for
from .faults import nearest

Concealment = dict[str, Annotated[dict[Name, Ratio], Field(min_length=1)]]
"""By class (or `any`) the share of its carriers at each level."""

Detects = Ratio | dict[Name, Ratio]
"""One probability of detection, or one for each concealment level."""

MOST_LEVELS = 8


def level_names(concealment: Mapping[str, Mapping[str, float]]) -> tuple[str, ...]:
    """List the levels of all classes, in order of their first mention."""
    return tuple(dict.fromkeys(level for shares in concealment.values() for level in shares))


def concealment_faults(
    field: str, concealment: Mapping[str, Mapping[str, float]], classes: Collection[str]
) -> Iterator[Fault]:
    """Yield a fault for unknown classes, classes left out, shares that do not add up, and too many levels."""
    for name, shares in concealment.items():
        if name != ANY and name not in classes:
            yield Fault(field, f"must name one of {', '.join(classes)}{nearest(name, classes)}", name)
        if abs(sum(shares.values()) - 1) > 1e-6:
            yield Fault(f"{field}.{name}", "must add up to 1", round(sum(shares.values()), 6))
    for name in classes:
        if value_for(concealment, name) is None:
            yield Fault(field, f"must cover class {name!r}", f"only {', '.join(concealment) or 'none'}")
    levels = level_names(concealment)
    if len(levels) > MOST_LEVELS:
        yield Fault(field, f"must have at most {MOST_LEVELS} levels in all", len(levels))


def detection_level_faults(
    field: str,
    detects: Mapping[str, float | Mapping[str, float]],
    concealment: Mapping[str, Mapping[str, float]],
    classes: Collection[str],
) -> Iterator[Fault]:
    """Yield a fault for each level that a probability by level names wrongly, or leaves out for a class.

    Parameters
    ----------
    field : str
        Where the probabilities stand.
    detects : mapping
        By class (or `any`).
    concealment : mapping
        By class (or `any`).
    classes : collection of str
        Those that meet the technique.
    """
    known = level_names(concealment)
    for entry, given in detects.items():
        if not isinstance(given, Mapping):
            continue
        for level in given:
            if level not in known:
                rule = f"must name a concealment level, one of {', '.join(known)}{nearest(level, known)}"
                yield Fault(f"{field}.{entry}", rule, level)
        users = [name for name in classes if (name if name in detects else ANY) == entry]
        shares = [value_for(concealment, name) or {} for name in users]
        needed = dict.fromkeys(level for by_level in shares for level, share in by_level.items() if share > 0)
        for level in needed:
            if level not in given:
                yield Fault(f"{field}.{entry}", f"must cover concealment level {level!r}", f"only {', '.join(given)}")
