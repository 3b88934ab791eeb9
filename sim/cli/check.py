"""`strait check`: validate a scenario and print what it resolves to; runs nothing, writes nothing."""

from collections.abc import Iterator, Sequence

import numpy as np

from sim.network import DepartureRule, Network, StepKind, compile_network
from sim.study.load import arrivals_per_day, offered_load, servers_open
from sim.units import CENTIMETRES_PER_METRE, TICKS_PER_MINUTE

from .compose import scenario_at
from .options import jobs_of, read_command_line
from .terminal import plain_number, print_table, say

_MOST_ROUTES = 12


def check_main(arguments: Sequence[str]) -> None:
    """Check what the overrides ask for."""
    asked = read_command_line("check", arguments)
    if asked is None:
        return
    scenarios = [scenario_at(desk) for desk in jobs_of(asked)]
    networks = [compile_network(scenario) for scenario in scenarios]
    for scenario, network in zip(scenarios, networks, strict=True):
        run, title = scenario.run, scenario.title
        say(f"{title.name}: {title.zh if run.language == 'zh' else title.en}")
        say(
            f"{run.days:g} days from {network.start:%Y-%m-%d %H:%M}, lead-in {run.lead_in_h} h, "
            f"lead-out {run.lead_out_h} h, {run.replications} replications, seed {run.seed}"
        )
        _print_network(network)


def _print_network(network: Network) -> None:
    _section("Arrivals per day", ["direction", "from", *network.class_name, "all"], _arrival_rows(network))
    _section("Stations", ["station", "servers", "queue limit", "offered load", "of it"], _station_rows(network))
    _section(
        "Ferries",
        ["ferry", "from", "ships", "lane-metres", "departure", "crossing min", "berths loading"],
        _ferry_rows(network),
    )
    routes = list(_route_rows(network))
    _section("Routes", ["streams", "steps"], routes[:_MOST_ROUTES])
    if len(routes) > _MOST_ROUTES:
        say(f"... and {len(routes) - _MOST_ROUTES} more")
    say("valid")


def _section(title: str, header: Sequence[str], rows: Iterator[list[str]] | list[list[str]]) -> None:
    table = list(rows)
    if table:
        say(f"\n{title}")
        print_table(header, table)


def _arrival_rows(network: Network) -> Iterator[list[str]]:
    daily, sources = arrivals_per_day(network), network.sources
    groups = sorted(set(zip(sources.direction, sources.origin, strict=True)))
    for direction, origin in groups:
        counts = np.zeros(len(network.class_name))
        for source in range(len(daily)):
            if (sources.direction[source], sources.origin[source]) == (direction, origin):
                counts[sources.vehicle_class[source]] += daily[source]
        yield [direction, origin or "-", *(f"{count:,.0f}" for count in counts), f"{counts.sum():,.0f}"]


def _station_rows(network: Network) -> Iterator[list[str]]:
    load = offered_load(network)
    for s, name in enumerate(network.stations.name):
        shifts = servers_open(network, s)
        staff = ", ".join(f"{n} from {int(h):02}:{round(h % 1 * 60):02}" for h, n in shifts)
        limit = int(network.stations.queue_limit[s])
        parts = ", ".join(
            f"{k} {plain_number(x)}" for k, x in zip(network.class_name, load[s], strict=True) if x >= 0.0005
        )
        servers = str(shifts[0][1]) if len(shifts) == 1 else staff
        yield [name, servers, "-" if limit < 0 else str(limit), plain_number(float(load[s].sum())), parts]


def _ferry_rows(network: Network) -> Iterator[list[str]]:
    table, ships = network.terminals, network.ships
    for t, service in enumerate(table.service):
        fleet = [b for b in range(len(ships.kind)) if ships.terminal[b] // 2 == t // 2]
        kinds = [ships.kind[b] for b in fleet]
        deck = int(ships.deck_cm[fleet].sum()) / CENTIMETRES_PER_METRE
        crossing = [f"{ticks / TICKS_PER_MINUTE:g}" for ticks in table.crossing_ticks[t]]
        yield [
            service,
            network.ports.name[table.port[t]],
            ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)),
            f"{deck:,.0f}",
            _departure(network, t),
            " / ".join(dict.fromkeys(crossing)),
            f"{table.loading_berths[t]} of {network.ports.berths[table.port[t]]}",
        ]


def _departure(network: Network, terminal: int) -> str:
    rule = DepartureRule(int(network.terminals.rule[terminal]))
    if rule == DepartureRule.ROLLING:
        minutes = network.terminals.longest_wait_ticks[terminal] / TICKS_PER_MINUTE
        return f"when full, or {minutes:g} min after loading began"
    if rule == DepartureRule.TIMETABLE:
        return f"{len(network.terminals.departure_ticks[terminal])} listed departures"
    return "at once, empty"


def _route_rows(network: Network) -> Iterator[list[str]]:
    """List the distinct sequences of steps, with the number of arrival streams that take them."""
    steps = network.steps
    taken: dict[str, int] = {}
    for first in network.sources.first_step.tolist():
        names = []
        step = first
        while step < len(steps.kind) and steps.route[step] == steps.route[first]:
            kind = StepKind(int(steps.kind[step]))
            if kind in {StepKind.SERVE, StepKind.BOARD, StepKind.TRAVEL, StepKind.SELECT}:
                names.append(f"{kind.name.lower()} {steps.name[step]}")
            step += 1
        line = " > ".join(names)
        taken[line] = taken.get(line, 0) + 1
    for line, number in taken.items():
        yield [str(number), line]
