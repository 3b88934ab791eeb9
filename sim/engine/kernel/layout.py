"""From tables to memory: where each thing lies, and what stands in it at the start."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.network import Network, StepKind
from sim.network.tables import ClosureTable, Floats, Ints
from sim.record.narrow import FLAG_ROWS, TICK_ROWS

from . import fields as f

_COLUMNS = {
    f.YARD: TICK_ROWS.index("yard_tick"),
    f.BOARDING: TICK_ROWS.index("boarding_tick"),
    f.BOARDED: TICK_ROWS.index("sailing"),
    f.LANDING: TICK_ROWS.index("landing_tick"),
    f.EXIT: TICK_ROWS.index("exit_tick"),
    f.OUTCOME: FLAG_ROWS.index("outcome"),
}
"""Rows of the record that the header tells the places of."""


class Layout(NamedTuple):
    """The memory at the start, but for the random starts of policies and the closures, and the floats it points to."""

    memory: Ints
    chances: Floats
    starts: Ints
    """(Q, K) addresses of the TURN of each policy"""
    marks: Ints
    """Addresses where the number of a column of the workload stands that is to be its start: times its length."""
    rows: Ints
    """The same of columns of the record, which may begin before the first."""
    mark_numbers: Ints
    """What the memory has at `marks`"""
    row_numbers: Ints
    """What it has at `rows`"""


class _Plan:
    """Addresses of all blocks; blocks follow each other."""

    def __init__(self, network: Network) -> None:
        stations, steps, rules = network.stations, network.steps, network.rules
        self.classes = len(network.class_name)
        self.priorities = 1 + int(steps.priority.max(initial=0))
        self.terminal_count, self.ship_count = len(network.terminals.service), len(network.ships.kind)
        self.station_size = f.QUEUES + f.LIST * self.priorities
        self.step_size = f.STEP + self.classes
        self.rule_size = f.RULE + f.POLICY * self.classes
        self.terminal_size = f.FIRST_LANE + f.LANE * self.classes
        self.end = f.HEADER
        self.sources = self._block(len(network.sources.name))
        self.steps = self._block(len(steps.kind) * self.step_size)
        self.stations = self._block(len(stations.name) * self.station_size)
        self.shifts = self._block(len(stations.shift_tick) * f.SHIFT_SIZE)
        self.stack = self._block(int(_most_servers(network).sum()) + 1)
        self.rules = self._block(len(rules.name) * self.rule_size)
        self.ports = self._block(len(network.ports.name) * f.PORT)
        self.terminals = self._block(self.terminal_count * self.terminal_size)
        self.departures = self._block(sum(len(ticks) for ticks in network.terminals.departure_ticks))
        self.ships = self._block(self.ship_count * f.SHIP)
        self.stopped = self._block(self.terminal_count * self.ship_count)

    def _block(self, size: int) -> int:
        start = self.end
        self.end += size
        return start

    def step(self, number: NDArray[Any]) -> NDArray[Any]:
        """Addresses of steps; -1 stays -1."""
        return _address(number, self.steps, self.step_size)

    def station(self, number: NDArray[Any]) -> NDArray[Any]:
        """Addresses of stations; -1 stays -1."""
        return _address(number, self.stations, self.station_size)


def _address(number: NDArray[Any], first: int, size: int) -> NDArray[Any]:
    return np.where(number < 0, -1, first + number * size)


def _most_servers(network: Network) -> Ints:
    """Return the most servers that each station ever has, (S,)."""
    table = network.stations
    if not len(table.name):
        return np.zeros(0, np.int64)
    return np.maximum.reduceat(table.shift_servers, table.shift_pointer[:-1])


def _rows(memory: Ints, first: int, count: int, size: int) -> Ints:
    """View a block as one row for each thing."""
    return memory[first : first + count * size].reshape(count, size)


def lay_out(network: Network) -> Layout:
    """Make the memory of a network.

    Parameters
    ----------
    network : Network

    Returns
    -------
    Layout
        A pure function of the network: make it once for all replications, and copy its memory for each.
    """
    plan = _Plan(network)
    memory = np.full(plan.end, 0, np.int64)
    chances, factor, hours, techniques = _chances(network)
    _lay_header(network, plan, memory)
    _lay_steps(network, plan, memory, techniques)
    _lay_stations(network, plan, memory)
    starts = _lay_rules(network, plan, memory, (factor, hours))
    _lay_ports(network, plan, memory)
    _lay_terminals(network, plan, memory)
    _lay_ships(network, plan, memory)
    steps = plan.steps + np.arange(len(network.steps.kind)) * plan.step_size
    marks, rows = steps + f.MARK, _rows_of_record(steps, starts)
    return Layout(memory, chances, starts, marks, rows, memory[marks], memory[rows])


def _rows_of_record(steps: Ints, starts: Ints) -> Ints:
    """Find the fields that number a column of the record: of the header, of steps, and of policies."""
    of_steps = steps[:, None] + np.array([f.ROW_A, f.ROW_B, f.ROW_C])
    of_policies = starts.ravel()[:, None] - f.TURN + np.array([f.AFTER_SELECTED, f.AFTER_FULL])
    return np.concatenate([list(_COLUMNS), of_steps.ravel(), of_policies.ravel()])


def _chances(network: Network) -> tuple[Floats, Ints, Ints, Ints]:
    """Put all floats in a row: relief factors (Q), hours and factor (Q, K, 25), techniques (A, K, L + 1)."""
    rules, techniques = network.rules, network.techniques
    hours = np.concatenate([rules.ratio, rules.factor[:, :, None]], axis=2)
    answers = np.concatenate([techniques.detects, techniques.false_alarms[:, :, None]], axis=2)
    parts = [rules.relief_factor.astype(np.float64), hours, answers]
    firsts = np.cumsum([0, *(part.size for part in parts)])
    factor = firsts[0] + np.arange(len(parts[0]))
    address = firsts[1] + np.arange(hours[:, :, 0].size).reshape(hours.shape[:2]) * hours.shape[2]
    technique = firsts[2] + np.arange(len(answers)) * answers[0].size if len(answers) else np.zeros(0, np.int64)
    return np.concatenate([np.ravel(part) for part in parts]), factor, address, technique


def _lay_header(network: Network, plan: _Plan, memory: Ints) -> None:
    header = {
        f.HORIZON: network.horizon_tick,
        f.CLOCK_TICKS: network.clock_ticks,
        f.LEVELS: len(network.level_name),
        f.SOURCE_STEPS: plan.sources,
        f.STATION_COUNT: len(network.stations.name),
        f.STATIONS: plan.stations,
        f.STATION_SIZE: plan.station_size,
        f.STACK: plan.stack,
        f.TERMINALS: plan.terminals,
        f.TERMINAL_SIZE: plan.terminal_size,
        f.TERMINAL_COUNT: plan.terminal_count,
        f.PORTS: plan.ports,
        f.PORTS_END: plan.ports + len(network.ports.name) * f.PORT,
        f.SHIPS: plan.ships,
        f.SHIP_COUNT: plan.ship_count,
        f.FREE_NODE: -1,
        **_COLUMNS,
        f.HOLE: -1,
        f.FREE_LEAF: -1,
    }
    memory[list(header)] = list(header.values())
    memory[plan.sources : plan.sources + len(network.sources.name)] = plan.step(network.sources.first_step)


def _lay_steps(network: Network, plan: _Plan, memory: Ints, techniques: Ints) -> None:
    table = network.steps
    rows = _rows(memory, plan.steps, len(table.kind), plan.step_size)
    rows[:, f.KIND], rows[:, f.MARK], rows[:, f.IS_FLAG] = table.kind, table.mark, table.is_flag
    rows[:, f.FOLLOWING], rows[:, f.OTHERWISE] = plan.step(table.following), plan.step(table.otherwise)
    rows[:, f.PRIORITY :] = f.LIST * table.priority
    terminals = plan.terminals + np.arange(plan.terminal_count) * plan.terminal_size
    stations = plan.station(np.arange(len(network.stations.name)))
    rules = plan.rules + np.arange(len(network.rules.name)) * plan.rule_size
    of_kind = {StepKind.SERVE: stations, StepKind.SELECT: rules, StepKind.ALARM: techniques, StepKind.BOARD: terminals}
    rows[:, f.TARGET] = table.target
    for kind, addresses in of_kind.items():
        here = table.kind == kind
        rows[here, f.TARGET] = addresses[table.target[here]]
    selects = network.selects.count
    here = (table.kind == StepKind.SERVE) | (table.kind == StepKind.SELECT)
    rows[here, f.ROW_A] = table.slot[here]
    here = table.kind == StepKind.SELECT
    rows[here, f.ROW_B] = f.SELECT_ROWS + table.slot[here]
    rows[here, f.ROW_C] = f.SELECT_ROWS + selects + table.slot[here]
    here = table.kind == StepKind.ALARM
    rows[here, f.ROW_A] = f.SELECT_ROWS + 2 * selects + table.slot[here]


def _lay_stations(network: Network, plan: _Plan, memory: Ints) -> None:
    table = network.stations
    shifts = _rows(memory, plan.shifts, len(table.shift_tick), f.SHIFT_SIZE)
    shifts[:, f.SHIFT_TICK], shifts[:, f.SHIFT_SERVERS] = table.shift_tick, table.shift_servers
    rows = _rows(memory, plan.stations, len(table.name), plan.station_size)
    first, last = table.shift_pointer[:-1], table.shift_pointer[1:]
    rows[:, f.LIMIT], rows[:, f.SERVERS] = table.queue_limit, table.shift_servers[first]
    rows[:, f.SHIFT] = plan.shifts + (first + 1) * f.SHIFT_SIZE
    rows[:, f.SHIFTS_END] = plan.shifts + last * f.SHIFT_SIZE
    rows[:, f.WATCHER] = -1
    rows[:, f.BLOCKED : f.BLOCKED + f.LIST] = -1
    rows[:, f.QUEUES :] = -1


def _lay_rules(network: Network, plan: _Plan, memory: Ints, floats: tuple[Ints, Ints]) -> Ints:
    table, (factor, hours) = network.rules, floats
    rows = _rows(memory, plan.rules, len(table.name), plan.rule_size)
    rows[:, f.FULL_STATION] = plan.station(table.full_station)
    rows[:, f.HAS_RELIEF] = table.relief_station >= 0
    rows[:, f.ABOVE], rows[:, f.BELOW] = table.relief_above, table.relief_below
    rows[:, f.RELIEF_FACTOR] = factor
    rows[:, f.NEXT_WATCHER] = -1
    for number in np.flatnonzero(table.relief_station >= 0):
        watched = plan.stations + table.relief_station[number] * plan.station_size
        rows[number, f.NEXT_WATCHER] = memory[watched + f.WATCHER]
        memory[watched + f.WATCHER] = plan.rules + number * plan.rule_size
    machines = rows[:, f.RULE :].reshape(len(table.name), plan.classes, f.POLICY)
    machines[:, :, f.POLICY_KIND], machines[:, :, f.COUNT] = table.policy, table.count
    selects = network.selects.count
    machines[:, :, f.HAS_AFTER] = table.after >= 0
    machines[:, :, f.AFTER_SELECTED] = f.SELECT_ROWS + table.after
    machines[:, :, f.AFTER_FULL] = f.SELECT_ROWS + selects + table.after
    machines[:, :, f.HOURS] = hours
    machines[:, :, f.HOUR] = -1
    firsts = plan.rules + np.arange(len(table.name))[:, None] * plan.rule_size + f.RULE
    return firsts + np.arange(plan.classes) * f.POLICY + f.TURN


def _lay_ports(network: Network, plan: _Plan, memory: Ints) -> None:
    table = network.ports
    rows = _rows(memory, plan.ports, len(table.name), f.PORT)
    rows[:, f.FREE_BERTHS], rows[:, f.YARD_CM], rows[:, f.HAS_LIMIT] = table.berths, table.yard_cm, table.yard_cm >= 0
    for line in (f.SHUT_OUT, f.ROADSTEAD, f.READY_TO_LEAVE):
        rows[:, line : line + f.LIST] = -1
    rows[:, f.FIRST_TERMINAL] = -1
    for number in reversed(range(plan.terminal_count)):
        terminal = plan.terminals + number * plan.terminal_size
        port = rows[network.terminals.port[number]]
        memory[terminal + f.NEXT_TERMINAL] = port[f.FIRST_TERMINAL]
        port[f.FIRST_TERMINAL] = terminal
        port[f.TERMINALS_HERE] += 1


def _lay_terminals(network: Network, plan: _Plan, memory: Ints) -> None:
    table, numbers = network.terminals, np.arange(plan.terminal_count)
    rows = _rows(memory, plan.terminals, plan.terminal_count, plan.terminal_size)
    rows[:, f.TERMINAL_NUMBER] = numbers
    rows[:, f.TERMINAL_PORT] = plan.ports + table.port * f.PORT
    rows[:, f.OTHER_END] = plan.terminals + (numbers ^ 1) * plan.terminal_size
    rows[:, f.DEPARTURE_RULE], rows[:, f.LONGEST_WAIT] = table.rule, table.longest_wait_ticks
    rows[:, f.LOADING_BERTHS], rows[:, f.OPEN_NEXT_CM] = table.loading_berths, table.open_next_cm
    rows[:, f.CLOSING_TICKS] = table.closing_ticks
    far = np.iinfo(np.int64).max
    shortest = np.where(table.uses, network.deck_cm, far).min(axis=1, initial=far)
    rows[:, f.SHORTEST_CM] = np.where(shortest == far, 0, shortest)
    for line in (f.READY, f.LOADING):
        rows[:, line : line + f.LIST] = -1
    ends = plan.departures + np.cumsum([len(ticks) for ticks in table.departure_ticks], dtype=np.int64)
    rows[:, f.DUE_END] = ends
    rows[:, f.DUE] = ends - [len(ticks) for ticks in table.departure_ticks]
    for row, ticks in zip(rows, table.departure_ticks, strict=True):
        memory[row[f.DUE] : row[f.DUE_END]] = ticks
    rows[:, f.STOPPED] = plan.stopped + numbers * plan.ship_count
    rows[:, f.LANE_COUNT] = plan.classes
    rows[:, f.MAY_MOVE] = 1
    lanes = rows[:, f.FIRST_LANE :].reshape(plan.terminal_count, plan.classes, f.LANE)
    lanes[:, :, f.LANE_LIST : f.LANE_LIST + f.LIST] = -1
    lanes[:, :, f.TURN_OF_HEAD] = f.NO_TURN
    lanes[:, :, f.LENGTH_CM] = network.deck_cm
    lanes[:, :, f.LOAD_TICKS], lanes[:, :, f.UNLOAD_TICKS] = table.load_ticks, table.unload_ticks
    lanes[:, :, f.RANK] = np.unique(table.boarding_rank, return_inverse=True)[1].reshape(table.boarding_rank.shape)


def _lay_ships(network: Network, plan: _Plan, memory: Ints) -> None:
    table = network.ships
    rows = _rows(memory, plan.ships, plan.ship_count, f.SHIP)
    rows[:, f.SHIP_NUMBER] = np.arange(plan.ship_count)
    rows[:, f.SHIP_TERMINAL] = plan.terminals + table.terminal * plan.terminal_size
    rows[:, f.DECK_CM] = rows[:, f.ROOM_CM] = table.deck_cm
    rows[:, f.ABOARD : f.ABOARD + f.LIST] = -1
    for field in (f.SHIP_LINK, f.SAILING, f.NEXT_TICK, f.SLOT):
        rows[:, field] = -1
    for number in range(plan.ship_count):
        ship, terminal = plan.ships + number * f.SHIP, int(rows[number, f.SHIP_TERMINAL])
        memory[terminal + f.COMING_CM] += table.deck_cm[number]
        last = memory[terminal + f.READY + 1]
        memory[terminal + f.READY if last < 0 else last + f.SHIP_LINK] = ship
        memory[terminal + f.READY + 1] = ship


def with_closures(memory: Ints, closures: ClosureTable) -> Ints:
    """Copy the memory of a network and put the closures of a replication behind it.

    Parameters
    ----------
    memory : Ints
        `Layout.memory`.
    closures : ClosureTable
        `Workload.closures`: replications of one network differ in them.

    Returns
    -------
    Ints
    """
    count, end = len(closures.start_tick), len(memory)
    if not count:
        whole = memory.copy()
        whole[f.CLOSURE_COUNT], whole[f.ACTIVE], whole[f.EDGE], whole[f.EDGES_END] = 0, end, end, end
        return whole
    ticks = np.concatenate([closures.start_tick, closures.end_tick])
    is_end, closure = np.arange(2 * count) >= count, np.arange(2 * count) % max(count, 1)
    order = np.lexsort((closure, is_end, ticks))
    edges = np.zeros((2 * count, f.EDGE_SIZE), np.int64)
    edges[:, f.EDGE_TICK], edges[:, f.EDGE_CLOSURE] = ticks[order], closure[order]
    edges[:, f.EDGE_IS_END] = is_end[order]
    whole = np.concatenate([memory, np.zeros(count, np.int64), edges.ravel()])
    whole[f.CLOSURE_COUNT], whole[f.ACTIVE], whole[f.EDGE], whole[f.EDGES_END] = count, end, end + count, len(whole)
    return whole
