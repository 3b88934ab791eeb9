"""The errors a caller can meet: bad input, a broken law of the engine, a broken record."""

from collections.abc import Sequence
from dataclasses import dataclass


class StraitError(Exception):
    """Any error that this package raises on purpose."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input: which field, which rule it breaks, what was given."""

    field: str
    rule: str
    value: object = None

    def __str__(self) -> str:
        """Write the fault on one line."""
        shown = repr(self.value) if isinstance(self.value, str) else str(self.value)
        if len(shown) > 80:
            shown = shown[:77] + "..."
        return " ".join(f"{self.field} {self.rule}; got {shown}".split())


class ScenarioError(StraitError):
    """Bad input, found before anything was drawn or written. One line a fault.

    Parameters
    ----------
    faults : sequence of Fault
        At least one.
    """

    def __init__(self, faults: Sequence[Fault] | Fault) -> None:
        given = (faults,) if isinstance(faults, Fault) else faults
        self.faults = tuple({str(fault): fault for fault in given}.values())  # no line twice
        super().__init__(self.faults)

    def __str__(self) -> str:
        """Write one line a fault."""
        return "\n".join(str(fault) for fault in self.faults)


class EngineError(StraitError):
    """A law of the engine was broken while it ran: names the tick, the entity and the event."""


class RecordError(StraitError):
    """A record contradicts itself or its network: names the law, the place and the unit."""
