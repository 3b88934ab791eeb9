"""Workloads kept for the next design point: one serves all that differ in ratios, staff or detection alone."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network

from .workload import Workload

NOT_READ = frozenset(
    {
        "techniques", "stations", "rules", "class_title", "port_title", "place_title", "line_of_place", "line_title",
        "channel_title", "channel_unit", "queue_m", "persons", "serves", "selects", "alarms",
    }
)  # fmt: skip
"""What no workload depends on; of the rules it depends on their names and places."""

_FRAME_BYTES = 16 << 10
"""What a workload without units takes."""
_MOST_FAMILIES = 8
"""Networks and seeds whose workloads are kept at a time: design points of one follow each other, or take turns."""

_digests: WeakKeyDictionary[Network, bytes] = WeakKeyDictionary()


def workload_digest(network: Network) -> bytes:
    """Digest of all that a workload depends on, but for the key of the random streams.

    What a workload does not read is left out by name (`NOT_READ`), so that whatever is new in a network counts.
    """
    if network not in _digests:
        digest = blake2b(digest_size=16)
        read = {f.name: getattr(network, f.name) for f in fields(network) if f.name not in NOT_READ}
        for part in _parts(read | {"rule": (network.rules.name, network.rules.at)}):
            digest.update(len(part).to_bytes(8, "little") + part)
        _digests[network] = digest.digest()
    return _digests[network]


def _parts(value: Any) -> Iterator[bytes]:
    if isinstance(value, np.ndarray):
        yield f"{value.dtype.str}{value.shape}".encode()
        yield value.tobytes()
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield field.name.encode()
            yield from _parts(getattr(value, field.name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield repr(key).encode()
            yield from _parts(item)
    elif isinstance(value, tuple):
        yield f"tuple {len(value)}".encode()
        for item in value:
            yield from _parts(item)
    else:
        yield repr(value).encode()


class Shelf:
    """Keeps workloads, as many as fit. Threads may share one."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._held: dict[tuple[bytes, int], dict[int, Workload]] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def take(self, network: Network, key: tuple[int, int], draw: Callable[[Network, int, int], Workload]) -> Workload:
        """Return the workload of a seed and replication, drawn if it is not there.

        Where there is no room, those of other networks or seeds make it; those of the same stay, because design points
        ask for the replications in turn, and a shelf that let the oldest go would never have the next.
        """
        family = (workload_digest(network), key[0])
        with self._lock:
            found = self._held.get(family, {}).get(key[1])
        return found if found is not None else self._keep(family, draw(network, *key))

    def _keep(self, family: tuple[bytes, int], workload: Workload) -> Workload:
        size = workload_bytes(workload)
        with self._lock:
            for other in [name for name in self._held if name != family]:
                is_one_too_many = family not in self._held and len(self._held) >= _MOST_FAMILIES
                if is_one_too_many or self._bytes + size > self.most_bytes:
                    self._bytes -= sum(workload_bytes(held) for held in self._held.pop(other).values())
            if self._bytes + size <= self.most_bytes and workload.replication not in self._held.get(family, {}):
                self._held.setdefault(family, {})[workload.replication] = workload
                self._bytes += size
        return workload


def workload_bytes(workload: Workload) -> int:
    """Size of a workload: that of its columns, and of whatever holds them."""
    columns = (getattr(workload, field.name) for field in fields(workload))
    return _FRAME_BYTES + sum(column.nbytes for column in columns if isinstance(column, np.ndarray))
