"""Weather of a scenario as tables that closures are drawn from."""

import numpy as np

from sim.scenario.custom import CustomNetwork
from sim.scenario.weather import Storm

from .durations import Law, law_of
from .ferries import ship_table
from .tables import Flags, FogTable, StormTable, WeatherTable


def weather_table(wiring: CustomNetwork) -> WeatherTable:
    """Freeze the weather; without any both parts are empty."""
    weather = wiring.weather
    if weather is None:
        return WeatherTable((), ())
    fogs = [] if weather.fog is None else [weather.fog]
    return WeatherTable(
        fog=tuple(
            FogTable(np.array(f.days), f.persistence, (f.start_from_h, f.start_to_h), law_of(f.length)) for f in fogs
        ),
        storms=tuple(
            StormTable(name, np.array(storm.number), law_of(storm.length), *_later(wiring, storm))
            for name, storm in weather.storm.items()
        ),
    )


def _later(wiring: CustomNetwork, storm: Storm) -> tuple[Flags, Law | None]:
    """Tell which ships (B,) return later, and the law of how much."""
    kinds = [wiring.ship_types[kind].wind_class for kind in ship_table(wiring).kind]
    if storm.later is None or storm.lower_class is None:
        return np.zeros(len(kinds), np.bool_), None
    return np.array([kind <= storm.lower_class for kind in kinds], np.bool_), law_of(storm.later)
