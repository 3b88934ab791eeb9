"""What ports, sites, places, lines and channels are called, for figures and tables."""

from collections.abc import Mapping
from typing import Any

from sim.scenario import Scenario
from sim.scenario.custom import CustomNetwork


def titles_of(scenario: Scenario, wiring: CustomNetwork) -> dict[str, Any]:
    """Collect what figures and tables call things: fields of `Network` by name."""
    world = scenario.world
    places = world.checkpoint if world is not None else {}
    sites = world.site if world is not None else {}
    position = {n: (p.longitude, p.latitude) for n, p in wiring.ports.items()}
    return {
        "port_title": _by_language({**wiring.ports, **sites}),
        "place_title": _by_language(places),
        "line_of_place": {n: p.line or n for n, p in places.items()},
        "line_title": _by_language(world.line if world is not None else {}),
        "channel_title": _by_language(world.channel if world is not None else {}),
        "channel_unit": {
            "zh": {name: channel.unit_zh for name, channel in (world.channel if world is not None else {}).items()},
            "en": {name: channel.unit_en for name, channel in (world.channel if world is not None else {}).items()},
        },
        "sites": tuple(sites),
        "port_position": {n: at for n, at in position.items() if None not in at},
        "shore": {n: p.shore for n, p in wiring.ports.items()},
    }


def _by_language(things: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Titles by language and name; a thing without a title is called by its name."""
    return {
        "zh": {name: thing.title_zh or name for name, thing in things.items()},
        "en": {name: thing.title_en or name for name, thing in things.items()},
    }
