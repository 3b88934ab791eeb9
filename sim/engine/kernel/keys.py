"""How an event becomes one number: how many bits its tick and its number have.

The rank has 3 of the 62 bits of a key, the number as many as the largest needs, and the tick, counted from a base, has
the rest. Where the horizon lies further off than these reach (ten million vehicles in thirty years), the loop stops
half way, and goes on from a new base.
"""

from sim.errors import EngineError
from sim.network import Network
from sim.network.tables import Ints
from sim.units import TICKS_PER_HOUR
from sim.workload import Workload

from . import fields as f
from .events import KEY_BITS, NEVER, RANK_BITS

_TICKS_PER_DAY = 24 * TICKS_PER_HOUR


def number_bits(network: Network, workload: Workload, sailings: int) -> int:
    """Return the bits of the largest number of a unit, ship, station, terminal or sailing."""
    things = (network.stations.name, network.terminals.service, network.ships.kind, workload.arrival_tick)
    return max(sailings, *map(len, things)).bit_length()


def set_base(memory: Ints, base: int, bits: int, stop: int) -> None:
    """Let the ticks of events be counted from a base, their numbers have so many bits, the loop stop no later."""
    horizon, span = int(memory[f.HORIZON]), _span(bits)
    memory[f.BASE], memory[f.NUMBER_BITS] = base, bits
    memory[f.FAR] = min(horizon, base + span)
    memory[f.STOP] = min(stop, horizon if horizon <= base + span else base + span // 2)


def move_base(memory: Ints, keys: Ints, base: int, bits: int, stop: int) -> None:
    """Do the same while events are to come, which are rewritten; no event may be earlier than the new base.

    Raises
    ------
    EngineError
        If an event is too far ahead.
    """
    events = keys < NEVER
    numbers, ranks = keys[events], keys[events] >> memory[f.NUMBER_BITS]
    numbers &= (1 << memory[f.NUMBER_BITS]) - 1
    ticks = (ranks >> RANK_BITS) + memory[f.BASE]
    ranks &= (1 << RANK_BITS) - 1
    set_base(memory, base, bits, stop)
    memory[f.IS_FAR] |= (ticks >= memory[f.FAR]).any()
    refuse_far(memory)
    keys[events] = ((((ticks - base) << RANK_BITS) | ranks) << bits) | numbers


def refuse_far(memory: Ints) -> None:
    """Make sure that no event was too far ahead to be held.

    Raises
    ------
    EngineError
        With one line that says how far ahead events may be.
    """
    if memory[f.IS_FAR]:
        days = _span(int(memory[f.NUMBER_BITS])) / 2 / _TICKS_PER_DAY
        raise EngineError(f"the compiled engine holds events up to {days:,.3g} days ahead: take run.engine=reference")


def _span(bits: int) -> int:
    return 1 << (KEY_BITS - RANK_BITS - bits)
