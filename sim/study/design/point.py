"""A design point: a number, what each factor is, and the settings that follow."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Setting = tuple[str, Any]
"""Dotted key and value."""


@dataclass(frozen=True)
class Point:
    """One setting of the factors."""

    number: int
    """From 1, in the order of the design."""
    factors: Mapping[str, Any]
    """Value by factor; those that stay as in the base are filled in on validation."""
    settings: tuple[Setting, ...]
    """Overrides of the base, in the order in which they apply."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """First setting of each factor."""

    def label(self) -> str:
        """Write the factors on one line."""
        return " ".join(f"{name}={shown(value)}" for name, value in self.factors.items()) or "base"


def shown(value: Any) -> str:
    """Write a value of a factor as text: a mapping or a list as JSON."""
    return json.dumps(value, sort_keys=True) if isinstance(value, Mapping | list | tuple) else str(value)
