"""The laws of ships: decks, ramps, crossings and landings, sailing by sailing."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.network import DepartureRule, Network
from sim.network.tables import Ints
from sim.workload import Workload

from .finding import OPEN, Finding, open_ended
from .journey import Table
from .record import Record


class Loading(NamedTuple):
    """One sailing as the auditor sees it; missing ticks are `OPEN`."""

    number: int
    terminal: int
    ship: int
    open: int
    secured: int
    """When loading and closing were over."""
    departure: int
    clear: int
    """When the ramp was clear for the last time before it left."""
    room_cm: int
    aboard: Table
    """Its rows of `Journeys.stays`, in order of boarding."""
    has_berth: bool
    """False for shuttles and ships called over, which leave from where they lie off."""


class Ferries:
    """The sea side of a record, and what the laws of ports need from it."""

    def __init__(self, network: Network, workload: Workload, record: Record, stays: Table) -> None:
        self.network = network
        self.workload = workload
        self.sailings = {name: values.astype(np.int64) for name, values in record.sailings.items()}
        self.stays = stays
        self.vehicle_class = workload.vehicle_class
        self.length = network.deck_cm[workload.vehicle_class]
        self.loadings = [self._loading(m) for m in range(len(self.sailings["ship"]))]

    def ticks(self, name: str) -> Ints:
        """Return a column of ticks of the sailings, missing ones as `OPEN`."""
        return open_ended(self.sailings[f"{name}_tick"])

    def name(self, terminal: int) -> str:
        """Name a terminal."""
        table = self.network.terminals
        return f"{table.service[terminal]}/{self.network.ports.name[table.port[terminal]]}"

    def finding(self, law: str, loading: Loading, text: str) -> Finding:
        """Make a finding about a sailing."""
        return Finding(law, self.name(loading.terminal), f"sailing {loading.number} from {loading.open}", text)

    def _loading(self, m: int) -> Loading:
        terminal, ship = int(self.sailings["terminal"][m]), int(self.sailings["ship"][m])
        aboard = self.stays.where(self.stays.sailing == m)
        ramp = self.network.terminals.load_ticks[terminal][self.vehicle_class[aboard.unit]]
        # Of units that boarded at one tick only the last can have spent time on the ramp.
        order = np.lexsort((aboard.unit, aboard.landing, ramp, aboard.boarding))
        aboard, ramp = aboard.where(order), ramp[order]
        begun, secured, left = (int(self.ticks(what)[m]) for what in ("open", "secured", "departure"))
        clear = max([begun, *(aboard.boarding + ramp).tolist()])
        room = int(self.network.ships.deck_cm[ship] - self.length[aboard.unit].sum())
        is_shuttle = self.network.terminals.rule[terminal] == DepartureRule.AT_ONCE
        has_berth = not is_shuttle and (len(aboard.unit) > 0 or left > begun)
        return Loading(m, terminal, ship, begun, secured, left, clear, room, aboard, has_berth)

    def close_bound(self, loading: Loading) -> int:
        """Return when loading ended; of a ship that was not secured before the horizon the earliest possible tick."""
        if loading.secured == OPEN:
            return loading.clear
        return loading.secured - int(self.network.terminals.closing_ticks[loading.terminal])


def ferry_findings(ferries: Ferries) -> Iterator[Finding]:
    """Yield every broken law of single sailings, ships and terminals."""
    for loading in ferries.loadings:
        yield from _boarding(ferries, loading)
        yield from _leaving(ferries, loading)
        yield from _crossing(ferries, loading)
        yield from _landing(ferries, loading)
    for ship in range(len(ferries.network.ships.kind)):
        yield from _voyages(ferries, ship)
    for terminal in range(len(ferries.network.terminals.service)):
        yield from _ordinals(ferries, terminal)


def _boarding(ferries: Ferries, loading: Loading) -> Iterator[Finding]:
    """Check deck, ramp and totals of a sailing."""
    aboard, m = loading.aboard, loading.number
    if (aboard.terminal != loading.terminal).any():
        yield ferries.finding("boarding", loading, "carries a unit of another terminal")
    if loading.room_cm < 0:
        yield ferries.finding("deck", loading, f"loaded {-loading.room_cm} cm more than the deck holds")
    ramp = ferries.network.terminals.load_ticks[loading.terminal][ferries.vehicle_class[aboard.unit]]
    if len(aboard.unit) and aboard.boarding[0] < loading.open:
        yield ferries.finding("boarding", loading, f"a unit boarded at {aboard.boarding[0]}, before loading began")
    if (aboard.boarding[1:] < (aboard.boarding + ramp)[:-1]).any():
        yield ferries.finding("ramp", loading, "two units on the ramp at once")
    if loading.departure == OPEN:
        expected = (-1, -1)
    else:
        expected = (len(aboard.unit), int(ferries.length[aboard.unit].sum()))
    found = (int(ferries.sailings["units"][m]), int(ferries.sailings["load_cm"][m]))
    if expected != found:
        yield ferries.finding("load", loading, f"expected units and cm {expected}, found {found}")
    yield from _left_behind(ferries, loading)


def _left_behind(ferries: Ferries, loading: Loading) -> Iterator[Finding]:
    found = int(ferries.sailings["left_behind"][loading.number])
    if loading.departure == OPEN:
        least = most = -1
    else:
        here = ferries.stays.where(ferries.stays.terminal == loading.terminal)
        least = int(((here.yard < loading.departure) & (here.boarding > loading.departure)).sum())
        most = int(((here.yard <= loading.departure) & (here.boarding >= loading.departure)).sum())
    if not least <= found <= most:
        yield ferries.finding("left behind", loading, f"expected {least} to {most}, found {found}")


def _leaving(ferries: Ferries, loading: Loading) -> Iterator[Finding]:
    """Check that a ship is secured with a clear ramp, after the closing time; a shuttle at once."""
    if loading.secured == OPEN:
        return
    closing = int(ferries.network.terminals.closing_ticks[loading.terminal]) if loading.has_berth else 0
    is_shuttle = ferries.network.terminals.rule[loading.terminal] == DepartureRule.AT_ONCE
    if is_shuttle and loading.secured != loading.open:
        yield ferries.finding("departure", loading, f"a shuttle, yet it was ready to leave at {loading.secured}")
    if loading.secured < loading.clear + closing:
        text = f"ready to leave at {loading.secured}, ramp clear at {loading.clear}, closing takes {closing}"
        yield ferries.finding("closing time", loading, text)


def _crossing(ferries: Ferries, loading: Loading) -> Iterator[Finding]:
    """Check the crossing time and the order of arrival, berthing and unloading."""
    m, horizon = loading.number, ferries.network.horizon_tick
    arrival, berth, ready = (int(ferries.sailings[f"{what}_tick"][m]) for what in ("arrival", "berth", "ready"))
    expected = -1
    if loading.departure < OPEN:
        ordinal = int(ferries.sailings["ordinal"][m])
        tick = loading.departure + ferries.workload.crossing_ticks(ferries.network, loading.terminal, max(0, ordinal))
        expected = tick if tick < horizon else -1
    if arrival != expected:
        yield ferries.finding("crossing", loading, f"expected arrival at {expected}, found {arrival}")
    if (arrival < 0 <= berth) or 0 <= berth < arrival or berth >= horizon:
        yield ferries.finding("berthing", loading, f"arrived at {arrival}, berthed at {berth}")
    unload = ferries.network.terminals.unload_ticks[loading.terminal ^ 1][ferries.vehicle_class[loading.aboard.unit]]
    clear = berth + int(unload.sum())
    expected = clear if berth >= 0 and clear < horizon else -1
    if ready != expected:
        yield ferries.finding("unloading", loading, f"expected the ship ready at {expected}, found {ready}")


def _landing(ferries: Ferries, loading: Loading) -> Iterator[Finding]:
    """Check that units land one after the other, in the order in which they boarded."""
    berth = int(ferries.ticks("berth")[loading.number])
    aboard = loading.aboard
    unload = ferries.network.terminals.unload_ticks[loading.terminal ^ 1][ferries.vehicle_class[aboard.unit]]
    # Of units that boarded at one tick the record does not tell the order: those that landed first came first.
    order = np.lexsort((-unload, aboard.landing, aboard.boarding))
    tick = berth + np.cumsum(unload[order])
    expected = np.where((berth < OPEN) & (tick < ferries.network.horizon_tick), tick, OPEN)
    wrong = np.flatnonzero(expected != aboard.landing[order])
    for i in wrong[:1]:
        unit = aboard.unit[order][i]
        text = f"unit {unit} must land at {expected[i]}, landed at {aboard.landing[order][i]}"
        yield ferries.finding("landing", loading, text)


def _voyages(ferries: Ferries, ship: int) -> Iterator[Finding]:
    """Check that a ship goes to and fro, starting from where it lies at first."""
    terminal, free = int(ferries.network.ships.terminal[ship]), 0
    for m in np.flatnonzero(ferries.sailings["ship"] == ship):
        loading = ferries.loadings[m]
        if loading.terminal != terminal or loading.open < free:
            text = f"ship {ship} was free from {free} on at {ferries.name(terminal)}"
            yield ferries.finding("voyage", loading, text)
        terminal, free = loading.terminal ^ 1, int(ferries.ticks("ready")[m])


def _ordinals(ferries: Ferries, terminal: int) -> Iterator[Finding]:
    """Check that departures are numbered in their order."""
    here = np.flatnonzero(ferries.sailings["terminal"] == terminal)
    departure, ordinal = ferries.sailings["departure_tick"][here], ferries.sailings["ordinal"][here]
    gone = departure >= 0
    order = np.lexsort((ordinal[gone], departure[gone]))
    if (ordinal[gone][order] != np.arange(gone.sum())).any() or (ordinal[~gone] != -1).any():
        yield Finding("ordinal", ferries.name(terminal), "all sailings", "departures are not numbered in their order")
    if (np.diff(ferries.sailings["open_tick"]) < 0).any():
        yield Finding("ordinal", ferries.name(terminal), "all sailings", "rows are not in order of opening")
