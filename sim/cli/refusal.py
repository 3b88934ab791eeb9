"""What a configuration may not hold: it is data, it never runs code and never reads the environment.

A key that begins with an underscore (`_target_`, `_recursive_` …) is refused anywhere: Hydra names code so.
An interpolation may only be a plain reference to another value, such as `${run.days}`; every resolver
(`${oc.env:HOME}`, `${now:…}`, `${oc.decode:…}`, one's own) and every nested interpolation is refused.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.errors import Fault
from sim.study.aliases import MOST_REPEATED

_REFERENCE = re.compile(r"\$\{\.*[A-Za-z0-9_]+(\.[A-Za-z0-9_]+|\[\d+\])*\}")


Place = tuple[str, ...]


def refusals(config: Any, path: Place = ()) -> Iterator[Fault]:
    """Yield a fault for every key or value of an unresolved configuration that could run or read anything."""
    if isinstance(config, Mapping):
        for key, value in config.items():
            here = (*path, str(key))
            if str(key).startswith("_"):
                yield Fault(".".join(here), "must not be given: a configuration never runs code", value)
            else:
                yield from refusals(value, here)
    elif isinstance(config, Sequence) and not isinstance(config, str):
        for number, value in enumerate(config):
            yield from refusals(value, (*path, str(number)))
    elif isinstance(config, str) and "${" in _REFERENCE.sub("", config):
        yield Fault(".".join(path), "must not use a resolver; only plain references such as ${run.days}", config)


def repetition_fault(config: Any) -> Fault | None:
    """Find references that repeat more values than fit into memory, before any is followed."""
    return _References(config).fault()


class _References:
    """How many values each place of an unresolved configuration stands for."""

    def __init__(self, config: Any) -> None:
        self.config = config
        self.counts: dict[Place, int] = {}
        self.worst: Place = ()

    def fault(self) -> Fault | None:
        try:
            self.count(self.config, ())
        except _TooManyError:
            rule = f"must not repeat more than {MOST_REPEATED:,} values by references"
            return Fault(".".join(self.worst), rule, self.at(self.worst))
        return None

    def count(self, value: Any, path: Place) -> int:
        """Count a value and what its references stand for; whoever follows one that leads to itself refuses it."""
        if path in self.counts:
            return self.counts[path]
        self.counts[path] = 0
        if isinstance(value, Mapping):
            total = 1 + sum(self.count(part, (*path, str(key))) for key, part in value.items())
        elif isinstance(value, Sequence) and not isinstance(value, str):
            total = 1 + sum(self.count(part, (*path, str(number))) for number, part in enumerate(value))
        elif isinstance(value, str) and "${" in value:
            targets = [_target(found[0][2:-1], path) for found in _REFERENCE.finditer(value)]
            total = 1 + sum(self.count(self.at(target), target) for target in targets)
            if total > MOST_REPEATED:
                self.worst = path
                raise _TooManyError
        else:
            total = 1
        self.counts[path] = total
        return total

    def at(self, path: Place) -> Any:
        """Return what is at a place; None if nothing is."""
        here = self.config
        for part in path:
            if isinstance(here, Mapping):
                here = here.get(part)
            elif isinstance(here, list) and part.isdigit() and int(part) < len(here):
                here = here[int(part)]
            else:
                return None
        return here


class _TooManyError(Exception):
    """Counting goes no further."""


def _target(reference: str, path: Place) -> Place:
    """Say where a reference leads; one dot is the mapping that it stands in, each further one a mapping outwards."""
    name = reference.lstrip(".")
    dots = len(reference) - len(name)
    parts = tuple(name.replace("[", ".").replace("]", "").split("."))
    return (*path[: max(len(path) - dots, 0)], *parts) if dots else parts
