"""Where each number of the kernel's memory lies.

All that the kernel knows of stations, steps, rules, ports, terminals and ships lies in one array of int64: its memory.
A thing is the address of its first field: `memory[station + BUSY]`. Things of one kind follow each other, so that
number k of them is at `first + k * size`. -1 is no address. Floats lie in a second array with addresses of its own.
Units are numbers; their few fields are columns of the array `items`.
"""

from sim.record.narrow import FLAG_ROWS, SERVE_COLUMNS

# The header: what there is one of.
(
    NOW,
    HORIZON,
    CLOCK_TICKS,  # time of day of tick 0
    COLUMN,  # length of a column of the record: as many as it has units, or a few more
    YARD,  # where these columns of the record begin; less than 0 where their first units are no longer in them
    BOARDING,
    BOARDED,  # the sailing
    LANDING,
    EXIT,
    OUTCOME,
    NEXT_UNIT,  # the next to arrive
    LEAVES,  # places for events
    FREE_LEAF,  # the first place that no event has
    HOLE,  # the place of the event that is being handled, until a new event takes it; -1: none
    NUMBER_BITS,  # of a unit, ship, station, terminal or sailing in an event
    BASE,  # tick from which events count their ticks
    STOP,  # tick at which the loop stops: the horizon, or when the base must move
    FAR,  # the first tick that an event cannot have; none happens at or after the horizon
    IS_FAR,  # whether an event had such a tick before the horizon
    IS_SHORT,  # whether an array must grow before the next event
    LEVELS,  # concealment levels
    STATION_COUNT,
    SOURCE_STEPS,  # address of the first step of each source
    STATIONS,
    STATION_SIZE,
    STACK,  # stations that wait while those upstream of them are served
    TERMINALS,
    TERMINAL_SIZE,
    TERMINAL_COUNT,
    PORTS,
    PORTS_END,
    SHIPS,
    SHIP_COUNT,
    CLOSURE_COUNT,
    EDGE,  # the next edge of the closures
    EDGES_END,
    ACTIVE,  # by closure: whether it lasts
    SAILINGS,  # how many there are
    NODES,  # notes on inspections that were ever in use at once
    FREE_NODE,
    HEADER,
) = range(41)

ADDRESS = 2**31 - 1
"""Mask of addresses, and of units that are there: `& ADDRESS` changes none, and tells the compiler that it is not below
0, so that it need not ask at each index whether to count from the end (a fifth of the time)."""

LINE_UNITS = 8
"""Units whose numbers fill a line of the processor's cache."""

PLACE = 2**62 - 1
"""The same for places in columns, of which there may be more."""

LIST = 2
"""Size of a list of units or ships: first and last, -1 when empty."""

# Steps; the priorities of the classes follow, as offsets of lists from the station's QUEUES.
KIND, TARGET, FOLLOWING, OTHERWISE, MARK, ROW_A, ROW_B, ROW_C, IS_FLAG, STEP = range(10)
"""MARK: start of the column of durations or uniforms. ROW: starts of the record's columns; of a serve its
visits; of a select ratio, selected and full; of an alarm its answer.
TARGET: address of the station, rule or terminal; of an alarm among the floats; of an exit the outcome."""
PRIORITY = STEP

# Stations; the lists of all priorities follow.
LIMIT, SERVERS, BUSY, WAITING, BLOCKED, _, WATCHER, SHIFT, SHIFTS_END, QUEUES = range(10)
"""BLOCKED is a list; WATCHER the first rule whose relief follows the queue; SHIFT the address of the next shift."""

SHIFT_TICK, SHIFT_SERVERS, SHIFT_SIZE = range(3)

# Rules; the machines of the classes follow.
FULL_STATION, HAS_RELIEF, IS_RELIEVED, ABOVE, BELOW, NEXT_WATCHER, RELIEF_FACTOR, RULE = range(8)
"""RELIEF_FACTOR: address among the floats."""

# Policies: machines of one rule and class.
POLICY_KIND, COUNT, AFTER_SELECTED, AFTER_FULL, HOURS, TALLY, TURN, HOUR, HAS_AFTER, POLICY = range(10)
"""AFTER: starts of the flags of the slot that exempts, if there is one. HOURS: address of 24 ratios and the factor
(floats). TALLY: units seen, clean run, or taken in HOUR. TURN: units before the first one chosen."""
HOURS_OF_DAY = 24

# Ports.
(
    FREE_BERTHS,
    HAS_LIMIT,
    YARD_CM,
    SHUT_OUT,  # list of units blocked at the yard
    _,
    ROADSTEAD,  # list of ships
    _,
    READY_TO_LEAVE,  # list of ships that a closure holds, in the order in which they wanted to leave
    _,
    FREE_TICK,  # when the next ship may leave one at a time, after the one that left last
    NEXT_SLOT,  # the same, after all that hold a slot
    FIRST_TERMINAL,
    TERMINALS_HERE,
    SHORT_ENDS,  # how many of its terminals and their other ends are short of deck
    PORT,
) = range(15)

# Terminals; the lanes of the classes follow.
(
    TERMINAL_NUMBER,
    TERMINAL_PORT,
    OTHER_END,
    NEXT_TERMINAL,  # of the same port
    DEPARTURE_RULE,
    LONGEST_WAIT,
    LOADING_BERTHS,
    OPEN_NEXT_CM,
    CLOSING_TICKS,
    SHORTEST_CM,
    WAITING_CM,
    WAITING_UNITS,
    COMING_CM,
    IS_DECK_SHORT,  # whether what waits is longer than what comes
    READY,
    _,
    LOADING,
    _,
    LOADING_COUNT,
    CLEAR_RAMPS,  # of the loading ships
    DEPARTURES,
    DUE,  # address of the next listed departure
    DUE_END,
    STOPPED,  # by ship: how many closures keep it from leaving
    MAY_MOVE,  # whether anything has changed that may let a unit board, or a ship open or leave, since nothing moved
    LANE_COUNT,
    FIRST_LANE,
) = range(27)

# Lanes: the units of one class in a yard.
LANE_LIST, _, LENGTH_CM, LOAD_TICKS, UNLOAD_TICKS, RANK, TURN_OF_HEAD, LANE = range(8)
"""TURN_OF_HEAD: rank and yard tick of the first unit as one number, NO_TURN of an empty lane: the least boards next."""
TURN_BITS = 48
NO_TURN = 2**62

# Ships.
(
    SHIP_NUMBER,
    SHIP_LINK,  # the next ship of the list it is in
    SHIP_TERMINAL,
    DECK_CM,
    ROOM_CM,
    ABOARD,
    _,
    ABOARD_COUNT,
    SAILING,
    IS_RAMP_BUSY,
    IS_DUE,
    HAS_BERTH,
    IS_LOADING,
    NEXT_EVENT,
    NEXT_TICK,  # of that event; -1: none
    SLOT,  # the tick from which on it may leave in one-way working; -1: none
    HEADWAY,  # time until the next slot of its port
    SHIP,
) = range(18)
CLEAR_RAMP, CAST_OFF, ARRIVE, BE_READY = range(4)
"""What a ship's next event is, other than its slot."""

NO_PORT, ALL_PORTS = -1, -2
"""Ports to be settled."""

EDGE_TICK, EDGE_IS_END, EDGE_CLOSURE, EDGE_SIZE = range(4)

# Units: items, in an array of their own.
LINK, AT, HELD, NODE, ITEM = range(5)
"""The next of the list it is in; its step; the serve step whose server it holds; its first note. -1: none."""
BEFORE = HELD
"""Of a unit that is to land, which holds no server: the one that lands before it."""

# Columns of the notes on inspections that a policy wants to know the answer of.
NOTE_END, NOTE_POLICY, NOTE_LINK, NOTE = range(4)
"""Step at which it would be clean; the machine; the next of the same unit."""

SELECT_ROWS = len(FLAG_ROWS)
"""First row of the selections among the record's flags; see `sim.record.narrow`."""
JOIN, START, END, RELEASE = range(len(SERVE_COLUMNS))
"""Ticks of a visit to a station, which lie side by side."""
VISIT = len(SERVE_COLUMNS)
SAILING_COLUMNS = (
    "terminal", "ship", "ordinal", "open_tick", "secured_tick", "departure_tick", "arrival_tick", "berth_tick",
    "ready_tick", "units", "load_cm", "left_behind",
)  # fmt: skip
(
    OF_TERMINAL,
    OF_SHIP,
    ORDINAL,
    OPEN_TICK,
    SECURED_TICK,
    DEPARTURE_TICK,
    SEA_ARRIVAL_TICK,
    BERTH_TICK,
    READY_TICK,
    UNITS,
    LOAD_CM,
    LEFT_BEHIND,
    SAILING_SIZE,
) = range(13)
