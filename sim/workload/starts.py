"""Random starts of the rules that count: functions of the names of select, place and class."""

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Floats, Ints

from .streams import Keys, identities, stream_keys, uniforms_of_rows


class Starts(NamedTuple):
    """Streams of the starts of a network; a pure function of it."""

    names: tuple[str, ...]
    stream: Ints
    """(Q,) which of them each rule reads"""
    who: Keys
    """(Q, K) identities of the starts of each rule and class"""


_plans: WeakKeyDictionary[Network, Starts] = WeakKeyDictionary()


def starts_of(network: Network) -> Starts:
    """Tell which starts are drawn for a network; kept by network."""
    if network not in _plans:
        rules, classes = network.rules, network.class_name
        names = tuple(dict.fromkeys(rules.name))
        who = [identities(f"{at}/{k}", [0]) for at in rules.at for k in classes]
        _plans[network] = Starts(
            tuple(f"start/{name}" for name in names),
            np.array([names.index(name) for name in rules.name], np.int64),
            np.array(who, np.uint64).reshape(len(rules.at), len(classes)),
        )
    return _plans[network]


def draw_starts(network: Network, key: tuple[int, int]) -> Floats:
    """Draw the start of each rule and class, (Q, K) uniforms."""
    plan = starts_of(network)
    names = [name.encode() for name in plan.names]
    return uniforms_of_rows(stream_keys(*key, names)[plan.stream], plan.who)
