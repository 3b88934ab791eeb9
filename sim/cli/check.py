"""`strait check`: validate a scenario and print what it resolves to; runs nothing, writes nothing."""

from collections.abc import Iterator, Sequence

import numpy as np

from sim.network import DepartureRule, Network, StepKind, compile_network
from sim.scenario import Scenario
from sim.study.load import arrivals_per_day, offered_load, servers_open
from sim.units import CENTIMETRES_PER_METRE, TICKS_PER_MINUTE

from .check_words import Words
from .compose import scenario_at
from .options import jobs_of, read_command_line
from .terminal import count_of, plain_number, print_table, say

_MOST_ROUTES = 12


def check_main(arguments: Sequence[str]) -> None:
    """Check what the overrides ask for."""
    asked = read_command_line("check", arguments)
    if asked is None:
        return
    scenarios = [scenario_at(desk) for desk in jobs_of(asked)]
    networks = [compile_network(scenario) for scenario in scenarios]
    for scenario, network in zip(scenarios, networks, strict=True):
        _print_head(scenario, network)
        _print_network(network, Words(network, scenario))


def _print_head(scenario: Scenario, network: Network) -> None:
    run, title, begin = scenario.run, scenario.title, f"{network.start:%Y-%m-%d %H:%M}"
    if run.language == "zh":
        say(f"{title.name}：{title.zh}")
        say(
            f"自 {begin} 起 {run.days:g} 天，预热段 {run.lead_in_h} 小时，收尾段 {run.lead_out_h} 小时，"
            f"{run.replications} 次重复，种子 {run.seed}"
        )
        return
    say(f"{title.name}: {title.en}")
    days = "1 day" if run.days == 1 else f"{run.days:g} days"
    say(
        f"{days} from {begin}, lead-in {run.lead_in_h} h, lead-out {run.lead_out_h} h, "
        f"{count_of(run.replications, 'replication')}, seed {run.seed}"
    )


def _print_network(network: Network, words: Words) -> None:
    classes = [words.vehicle_class(k) for k in range(len(network.class_name))]
    header = [words("direction"), words("from"), *classes, words("all")]
    _section(words("arrivals"), header, _arrival_rows(network, words))
    names = ("station", "servers", "limit", "load", "of it")
    _section(words("stations"), [words(name) for name in names], _station_rows(network, words))
    sea = ("ferry", "from", "ships", "deck", "departure", "crossing", "loading")
    _section(words("ferries"), [words(name) for name in sea], _ferry_rows(network, words))
    routes = list(_route_rows(network, words))
    _section(words("routes"), [words("streams"), words("steps")], routes[:_MOST_ROUTES])
    if len(routes) > _MOST_ROUTES:
        say(words("more", n=len(routes) - _MOST_ROUTES))
    say(words("valid"))


def _section(title: str, header: Sequence[str], rows: Iterator[list[str]] | list[list[str]]) -> None:
    table = list(rows)
    if table:
        say(f"\n{title}")
        print_table(header, table)


def _arrival_rows(network: Network, words: Words) -> Iterator[list[str]]:
    daily, sources = arrivals_per_day(network), network.sources
    groups = sorted(set(zip(sources.direction, sources.origin, strict=True)))
    for direction, origin in groups:
        counts = np.zeros(len(network.class_name))
        for source in range(len(daily)):
            if (sources.direction[source], sources.origin[source]) == (direction, origin):
                counts[sources.vehicle_class[source]] += daily[source]
        numbers = (*(f"{count:,.0f}" for count in counts), f"{counts.sum():,.0f}")
        yield [words.direction(direction), words.port(origin) or "-", *numbers]


def _station_rows(network: Network, words: Words) -> Iterator[list[str]]:
    load = offered_load(network)
    for s, name in enumerate(network.stations.name):
        shifts = servers_open(network, s)
        staff = words.listed(words("shift", n=n, hour=f"{int(h):02}:{round(h % 1 * 60):02}") for h, n in shifts)
        limit = int(network.stations.queue_limit[s])
        parts = words.listed(
            f"{words.vehicle_class(k)} {plain_number(x)}" for k, x in enumerate(load[s].tolist()) if x >= 0.0005
        )
        servers = str(shifts[0][1]) if len(shifts) == 1 else staff
        shown_limit = "-" if limit < 0 else str(limit)
        yield [words.station(name), servers, shown_limit, plain_number(float(load[s].sum())), parts]


def _ferry_rows(network: Network, words: Words) -> Iterator[list[str]]:
    table, ships = network.terminals, network.ships
    for t, service in enumerate(table.service):
        fleet = [b for b in range(len(ships.kind)) if ships.terminal[b] // 2 == t // 2]
        kinds = [ships.kind[b] for b in fleet]
        deck = int(ships.deck_cm[fleet].sum()) / CENTIMETRES_PER_METRE
        crossing = [f"{ticks / TICKS_PER_MINUTE:g}" for ticks in table.crossing_ticks[t]]
        loading, berths = table.loading_berths[t], network.ports.berths[table.port[t]]
        yield [
            words.ferry(service),
            words.port(network.ports.name[table.port[t]]),
            words.listed(words("kind", n=kinds.count(kind), kind=words.ship(kind)) for kind in dict.fromkeys(kinds)),
            f"{deck:,.0f}",
            _departure(network, t, words),
            " / ".join(dict.fromkeys(crossing)),
            words("of", n=loading, all=berths),
        ]


def _departure(network: Network, terminal: int, words: Words) -> str:
    rule = DepartureRule(int(network.terminals.rule[terminal]))
    if rule == DepartureRule.ROLLING:
        minutes = network.terminals.longest_wait_ticks[terminal] / TICKS_PER_MINUTE
        return words("rolling", minutes=f"{minutes:g}")
    if rule == DepartureRule.TIMETABLE:
        return words.departures(len(network.terminals.departure_ticks[terminal]))
    return words("at_once")


def _route_rows(network: Network, words: Words) -> Iterator[list[str]]:
    """List the distinct sequences of steps, with the number of arrival streams that take them."""
    steps = network.steps
    taken: dict[str, int] = {}
    for first in network.sources.first_step.tolist():
        names = []
        step = first
        while step < len(steps.kind) and steps.route[step] == steps.route[first]:
            kind = StepKind(int(steps.kind[step]))
            if kind in {StepKind.SERVE, StepKind.BOARD, StepKind.TRAVEL, StepKind.SELECT}:
                names.append(words.step(kind, steps.name[step]))
            step += 1
        line = " > ".join(names)
        taken[line] = taken.get(line, 0) + 1
    for line, number in taken.items():
        yield [str(number), line]
