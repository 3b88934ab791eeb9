"""The contract that every engine keeps. What is not written here or in `docs/engine.md` is not promised.

1. Time is int64 ticks of 1 ms from the start of the simulation; an engine covers [0, horizon).
2. Events at one tick are ordered by (rank, id); no two events share a key, so insertion order never decides.
3. After every event its consequences follow at once, in this order: record; the unit moves on through its
   instantaneous steps until it joins, boards, travels, leaves or is blocked; the server it held takes the head of
   its queue; a blocked unit enters the queue (and lets go of its own server, and so on upstream); berths, ramps and
   yard of the port are served.
4. A queue is first in, first out within a priority. A free server never idles while a unit waits. When staff fall,
   busy servers finish first; when staff rise, the queue is served at that tick.
5. A unit that finds a full queue is blocked: it holds its server until there is room, first blocked first in.
6. A unit moves through a select as its rule's policy chooses (`sim.policy`, one machine for each rule and class, asked
   in the order in which units come), through an alarm by `uniform < P_D` (carriers) or `P_FA` (others). Whether the
   rule's station is full is read and recorded at selection for every eligible unit.
7. Relief follows its station's queue length at every change: on at `above` or more, off at `below` or less. It
   multiplies the probability that any policy gives.
8. A quota counts units selected and not waived. Skip-lot learns of the inspection of each unit that it selected and
   that was not waived: alarmed at the unit's next alarm that is no flag; clean, without one, when the unit comes to
   the select's `otherwise` step, to a step behind it, or to its exit, before that step begins.
9. A closure stops the ships it names, or (one-way working) lets them leave a port one at a time, a headway apart.
10. At the horizon, units still inside stay in the record with open ends.
"""

from enum import IntEnum

_ID_BITS = 40


class Rank(IntEnum):
    """Order of events at one tick; the id beside it is given in brackets."""

    CLOSURE = 1
    """closures begin or end (0)"""
    SHIFT = 2
    """a station's staff change (station)"""
    SHIP = 3
    """a ship's ramp is clear, its closing time is over, its slot comes, it arrives or is unloaded (ship)"""
    SERVICE_END = 4
    """(unit)"""
    TIMETABLE = 5
    """a listed departure is due (terminal)"""
    DEADLINE = 6
    """the longest wait of a loading ship is over (sailing)"""
    LANDING = 7
    """a unit is ashore (unit)"""
    ARRIVAL = 8
    """a unit arrives, or ends a way between stations (unit)"""


def event_key(rank: Rank, number: int) -> int:
    """Pack rank and id into one integer that orders like the pair; 0 and 1 stay SimPy's own."""
    return (rank << _ID_BITS) | number
