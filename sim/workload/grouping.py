"""Sources that need the same streams and laws, put together: what is drawn for them is drawn at once."""

from typing import NamedTuple

import numpy as np

from sim.network import Network
from sim.network.tables import Ints

from .curves import Law
from .marks import groups_of


class Run(NamedTuple):
    """One stream on units of some groups, for one column."""

    column: int
    """Columns of uniforms, then those of durations."""
    begin: int
    """First group."""
    end: int
    """Group after the last."""
    stream: str
    law: Law | None
    """None: the uniform itself is the mark."""


class Grouping(NamedTuple):
    """Groups of sources and all that is drawn for them."""

    group: Ints
    """(I,) of each source"""
    runs: tuple[Run, ...]
    """In order of column and group."""


def grouping_of(network: Network) -> Grouping:
    """Put the sources of a network into groups, so that few runs are needed; a pure function of the network."""
    needs: list[list[tuple[int, str, Law | None]]] = [[] for _ in network.sources.name]
    for wanted in groups_of(network):
        for source in np.flatnonzero(wanted.sources).tolist():
            for name, row, law in wanted.streams:
                needs[source].append((row + (network.uniforms.count if law is not None else 0), name, law))
    signatures = [tuple(sorted(need, key=repr)) for need in needs]
    groups = sorted({*signatures}, key=lambda need: (repr([part[:2] for part in need]), repr(need)))
    runs: list[Run] = []
    last: dict[tuple[int, str, Law | None], int] = {}
    for number, need in enumerate(groups):
        for part in need:
            column, stream, law = part
            if part in last and runs[last[part]].end == number:
                runs[last[part]] = runs[last[part]]._replace(end=number + 1)
            else:
                last[part] = len(runs)
                runs.append(Run(column, number, number + 1, stream, law))
    group = np.array([groups.index(signature) for signature in signatures], np.int64)
    return Grouping(group, tuple(sorted(runs, key=lambda run: run[:3])))
