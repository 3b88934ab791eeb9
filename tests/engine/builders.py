"""Short ways to write the parts of a small custom network."""

from typing import Any

from tests.strategies import scenario_of


def constant(seconds: float) -> dict[str, Any]:
    return {"any": {"family": "constant", "mean_s": float(seconds)}}


def serve(station: str, seconds: float, **more: Any) -> dict[str, Any]:
    return {"do": "serve", "station": station, "time": constant(seconds), **more}


def board(origin: str = "a") -> dict[str, Any]:
    return {"do": "board", "ferry": "line", "origin": origin}


def arrive(*seconds: float, route: str = "main", name: str = "unit") -> dict[str, Any]:
    return {"route": route, "class": name, "times_s": [float(s) for s in seconds]}


def small(
    stations: dict[str, Any], steps: list[dict[str, Any]], *seconds: float, horizon_s: float = 86_400, **more: Any
) -> dict[str, Any]:
    """One route for all."""
    network = {"stations": stations, "routes": {"main": steps}, "arrivals": {"main": arrive(*seconds)}}
    return scenario_of({**network, **more}, horizon_s=horizon_s)


def rolling(minutes: float) -> dict[str, Any]:
    return {"any": {"rule": "rolling", "longest_wait_min": float(minutes)}}


def strait(departure: dict[str, Any], ships: int = 4, deck_m: float = 3.0, **more: Any) -> dict[str, Any]:
    """Ports a and b, and ships that lie at them in turn; half an hour across."""
    ferry = {
        "ends": ["a", "b"],
        "ships": {"ship": ships},
        "departure": departure,
        "crossing": {"low_min": 30.0, "mode_min": 30.0, "high_min": 30.0},
        "load_s": {"any": 0.0},
        "unload_s": {"any": 0.0},
    }
    return {
        "ports": {"a": {"berths": 4, "shore": "north"}, "b": {"berths": 4, "shore": "south"}},
        "ship_types": {"ship": {"deck_m": deck_m, "wind_class": 7}},
        "ferries": {"line": {**ferry, **more}},
    }


def crossing(sea: dict[str, Any], *seconds: float, **more: Any) -> dict[str, Any]:
    """Units that only want to board at port a."""
    return small({}, [board()], *seconds, **sea, **more)
