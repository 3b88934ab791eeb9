"""Selections and alarms: the machines of `sim.policy` as fields of the memory."""

from sim.network import StepKind
from sim.policy import PolicyKind
from sim.units import TICKS_PER_HOUR

from .fields import (
    ADDRESS,
    AFTER_FULL,
    AFTER_SELECTED,
    CLOCK_TICKS,
    COUNT,
    FREE_NODE,
    FULL_STATION,
    HAS_AFTER,
    HAS_RELIEF,
    HOUR,
    HOURS,
    HOURS_OF_DAY,
    IS_FLAG,
    IS_RELIEVED,
    IS_SHORT,
    ITEM,
    KIND,
    LEVELS,
    MARK,
    NODE,
    NODES,
    NOTE_END,
    NOTE_LINK,
    NOTE_POLICY,
    NOW,
    OTHERWISE,
    PLACE,
    POLICY,
    POLICY_KIND,
    RELIEF_FACTOR,
    ROW_A,
    ROW_B,
    ROW_C,
    RULE,
    TALLY,
    TARGET,
    TURN,
)
from .jit import compiled
from .station import is_full
from .world import Land, Marks, cell

_SYSTEMATIC = int(PolicyKind.SYSTEMATIC)
_EXEMPTION = int(PolicyKind.EXEMPTION)
_SKIP_LOT = int(PolicyKind.SKIP_LOT)
_QUOTA = int(PolicyKind.QUOTA)
_EXIT = int(StepKind.EXIT)


@compiled
def is_chosen(land: Land, marks: Marks, unit: int, step: int) -> bool:
    """Select as the policy chooses; a full station waives."""
    memory = land.memory
    rule = memory[step + TARGET] & ADDRESS
    policy = (rule + RULE + int(land.vehicle_class[unit]) * POLICY) & ADDRESS
    hour = ((memory[NOW] + memory[CLOCK_TICKS]) & PLACE) // TICKS_PER_HOUR
    relief = 1.0
    if memory[rule + HAS_RELIEF] and memory[rule + IS_RELIEVED]:
        relief = marks.chances[memory[rule + RELIEF_FACTOR]]
    ratio = _probability(land, marks, unit, policy, hour) * relief
    uniform = marks.uniforms[cell(memory[step + MARK], unit)]
    if memory[policy + POLICY_KIND] == _SYSTEMATIC:
        selected = _is_turn(land, policy) and uniform < relief
    else:
        selected = uniform < ratio
    station = memory[rule + FULL_STATION]
    full = station >= 0 and is_full(land, station & ADDRESS)
    marks.ratios[cell(memory[step + ROW_A], unit)] = ratio
    marks.flags[cell(memory[step + ROW_B], unit)] = 1 if selected else 0
    marks.flags[cell(memory[step + ROW_C], unit)] = 1 if full else 0
    if full or not selected:
        return False
    if memory[policy + POLICY_KIND] == _QUOTA:
        memory[policy + TALLY] = memory[policy + TALLY] + 1 if hour == memory[policy + HOUR] else 1
        memory[policy + HOUR] = hour
    elif memory[policy + POLICY_KIND] == _SKIP_LOT:
        _note(land, marks, unit, memory[step + OTHERWISE], policy)
    return True


@compiled
def _probability(land: Land, marks: Marks, unit: int, policy: int, hour: int) -> float:
    """Probability of being chosen, before relief."""
    memory, hours = land.memory, land.memory[policy + HOURS] & ADDRESS
    kind, count = memory[policy + POLICY_KIND], memory[policy + COUNT]
    if kind == _SYSTEMATIC:
        return float(1.0 / count)
    if kind == _SKIP_LOT and memory[policy + TALLY] < count:
        return 1.0
    if kind == _QUOTA and (count == 0 or (hour == memory[policy + HOUR] and memory[policy + TALLY] >= count)):
        return 0.0
    ratio = marks.chances[(hours + hour % HOURS_OF_DAY) & ADDRESS]
    if (
        kind == _EXEMPTION
        and memory[policy + HAS_AFTER]
        and marks.flags[cell(memory[policy + AFTER_SELECTED], unit)] == 1
        and marks.flags[cell(memory[policy + AFTER_FULL], unit)] == 0
    ):
        ratio = ratio * marks.chances[hours + HOURS_OF_DAY]
    return float(ratio)


@compiled
def _is_turn(land: Land, policy: int) -> bool:
    """Count a unit; tell whether it is its turn to be chosen."""
    memory = land.memory
    seen = memory[policy + TALLY]
    memory[policy + TALLY] = (seen + 1) % memory[policy + COUNT]
    return bool(seen == memory[policy + TURN])


@compiled
def is_alarmed(land: Land, marks: Marks, unit: int, step: int) -> bool:
    """Alarm by the stored uniform; the first alarm that is no flag is what policies learn."""
    memory = land.memory
    chance = memory[step + TARGET] + land.vehicle_class[unit] * (memory[LEVELS] + 1)
    chance += int(marks.levels[unit]) if marks.carries[unit] else memory[LEVELS]
    alarmed = marks.uniforms[cell(memory[step + MARK], unit)] < marks.chances[chance & ADDRESS]
    marks.flags[cell(memory[step + ROW_A], unit)] = 1 if alarmed else 0
    if alarmed and not memory[step + IS_FLAG]:
        node = int(land.items[ITEM * unit + NODE])
        while node >= 0:
            memory[int(marks.notes[node, NOTE_POLICY]) + TALLY] = 0
            node = _forget(land, marks, node)
        land.items[ITEM * unit + NODE] = -1
    return bool(alarmed)


@compiled
def _note(land: Land, marks: Marks, unit: int, end: int, policy: int) -> None:
    """Keep in mind that a policy waits for the answer of a unit's inspection."""
    memory, notes = land.memory, marks.notes
    node = memory[FREE_NODE]
    if node >= 0:
        memory[FREE_NODE] = notes[node, NOTE_LINK]
    else:
        node = memory[NODES]
        memory[NODES] = node + 1
        # One event moves one unit, which comes to each step at most once.
        if 2 * (node + 1) > len(notes):
            memory[IS_SHORT] = 1
    notes[node, NOTE_END] = end
    notes[node, NOTE_POLICY] = policy
    notes[node, NOTE_LINK] = land.items[ITEM * unit + NODE]
    land.items[ITEM * unit + NODE] = node


@compiled
def _forget(land: Land, marks: Marks, node: int) -> int:
    """Free a note; return the next one of the same unit."""
    after = int(marks.notes[node, NOTE_LINK])
    marks.notes[node, NOTE_LINK] = land.memory[FREE_NODE]
    land.memory[FREE_NODE] = node
    return after


@compiled
def close_inspections(land: Land, marks: Marks, unit: int, step: int) -> None:
    """Tell policies that inspections which end before this step were clean."""
    memory, notes = land.memory, marks.notes
    node = int(land.items[ITEM * unit + NODE])
    land.items[ITEM * unit + NODE] = -1
    while node >= 0:
        if step >= notes[node, NOTE_END] or memory[step + KIND] == _EXIT:
            policy = int(notes[node, NOTE_POLICY])
            memory[policy + TALLY] = min(memory[policy + TALLY] + 1, memory[policy + COUNT])
            node = _forget(land, marks, node)
        else:
            going_on = node
            node = int(notes[node, NOTE_LINK])
            notes[going_on, NOTE_LINK] = land.items[ITEM * unit + NODE]
            land.items[ITEM * unit + NODE] = going_on
