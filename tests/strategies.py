"""Hypothesis strategies: small random networks with heavy ties, as plain mappings for `make_scenario`."""

from typing import Any

from hypothesis import strategies as st

CLASSES = {"car": 1.0, "van": 2.0, "truck": 3.0}
_SECONDS = st.sampled_from([0.0, 30.0, 30.0, 60.0, 60.0, 90.0, 300.0])
_RATIO = st.sampled_from([0.0, 0.3, 0.5, 0.8, 1.0])
_UNSURE = st.sampled_from([0.3, 0.5, 0.8])
_HIDDEN = st.sampled_from([0.2, {"easy": 1.0, "hard": 0.0}, {"easy": 0.7, "hard": 0.3, "deep": 0.1}])
_CONCEALMENT = {"any": {"easy": 0.5, "hard": 0.5}, "car": {"deep": 1.0}}


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _moment(minute: int) -> str:
    day, minute = divmod(minute, 1440)
    return f"2018-01-{2 + day:02d}T{_clock(minute)}:00"


def _constant(seconds: float) -> dict[str, Any]:
    return {"any": {"family": "constant", "mean_s": seconds}}


def _by_class(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(dict.fromkeys(CLASSES, values))


@st.composite
def staff(draw: st.DrawFn) -> Any:
    """Servers: a number, or shifts, closed ones among them."""
    if draw(st.booleans()):
        return draw(st.sampled_from([1, 1, 2, 3]))
    minutes = draw(st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True).map(sorted))
    return [{"start": _clock(minute), "servers": draw(st.integers(0, 2))} for minute in [0, *minutes]]


@st.composite
def stations(draw: st.DrawFn) -> dict[str, Any]:
    """One to three stations."""
    return {
        f"s{number}": {
            "servers": draw(staff()),
            "queue_limit": draw(st.sampled_from([None, None, 0, 1, 2])),
            "priority": draw(_by_class(st.integers(0, 1))),
        }
        for number in range(draw(st.integers(1, 3)))
    }


@st.composite
def _serve(draw: st.DrawFn, name: str, station: str) -> dict[str, Any]:
    time = {c: {"family": "constant", "mean_s": draw(_SECONDS)} for c in CLASSES}
    when_full = draw(st.sampled_from(["wait", "wait", "waive"]))
    return {"do": "serve", "name": name, "station": station, "time": time, "when_full": when_full}


@st.composite
def _sampling(draw: st.DrawFn, earlier: list[str]) -> Any:
    """Draw a ratio, or a policy with small counts, so that twelve units reach its ends."""
    kinds = ["ratio", "ratio", "systematic", "skip_lot", "quota", *(["exemption"] if earlier else [])]
    kind = draw(st.sampled_from(kinds))
    if kind == "ratio":
        return draw(_RATIO)
    policy: dict[str, Any] = {"rule": kind}
    if kind == "systematic":
        return policy | {"every": draw(st.integers(1, 4))}
    policy["ratio"] = draw(_RATIO)
    if kind == "skip_lot":
        return policy | {"clean": draw(st.integers(1, 3))}
    if kind == "quota":
        return policy | {"per_hour": draw(st.integers(0, 3))}
    return policy | {"after": draw(st.sampled_from(earlier)), "factor": draw(st.sampled_from([0.0, 0.5]))}


@st.composite
def _select(draw: st.DrawFn, name: str, names: list[str], earlier: list[str]) -> dict[str, Any]:
    step: dict[str, Any] = {"do": "select", "name": name, "ratio": draw(_by_class(_sampling(earlier)))}
    if draw(st.booleans()):
        step["full_station"] = draw(st.sampled_from(names))
    if draw(st.booleans()):
        below = draw(st.integers(0, 1))
        above = draw(st.integers(below + 1, below + 2))
        station, factor = draw(st.sampled_from(names)), draw(st.sampled_from([0.0, 0.5]))
        step["relief"] = {"station": station, "above": above, "below": below, "factor": factor}
    return step


@st.composite
def _jumps(draw: st.DrawFn, steps: list[dict[str, Any]]) -> None:
    """Let steps jump to the end; where later inspections may depend on an alarm, it must not be sure of innocents."""
    for number, step in enumerate(steps):
        if step["do"] == "alarm" and any(
            s["do"] in ("select", "board") or "waive" in s.values() for s in steps[number:]
        ):
            step["false_alarms"] = {"any": draw(_UNSURE)}
        if (step["do"] in ("select", "alarm") and not step.get("flag")) or step.get("when_full") == "waive":
            step.update(draw(st.sampled_from([{}, {"otherwise": "end"}])))


@st.composite
def _route(draw: st.DrawFn, names: list[str], ferries: list[str]) -> list[dict[str, Any]]:
    """Stations in some order, thinned by selects and alarms, perhaps a ferry; the last step may be jumped to."""
    order = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    board_at = draw(st.integers(0, len(order))) if ferries else -1
    steps: list[dict[str, Any]] = []
    for number, station in enumerate(order):
        if number == board_at:
            steps.append({"do": "board", "ferry": "line", "origin": draw(st.sampled_from(["a", "a", "b"]))})
        kind = draw(st.sampled_from(["plain", "plain", "select", "select", "flag", "alarm", "travel", "stop"]))
        earlier = sorted({step["name"] for step in steps if step["do"] == "select"})
        if kind == "select":
            steps.append(draw(_select(f"q{number}", names, earlier)))
        elif kind == "flag":
            chances = {"detects": {"any": 0.8}, "false_alarms": {"any": draw(_RATIO)}}
            rest = f"rest{number}"
            steps.append({"do": "alarm", "name": f"f{number}", **chances, "flag": True, "otherwise": rest})
            steps.append(draw(_select(f"q{number}", names, earlier)) | {"then": f"in{number}"})
            steps.append(draw(_select(f"q{number}", names, earlier)) | {"label": rest})
        elif kind == "alarm":
            chances = {"detects": {"any": 0.9, "van": draw(_HIDDEN)}, "false_alarms": {"any": draw(_RATIO)}}
            steps.append({"do": "alarm", "name": f"a{number}", **chances})
        elif kind in ("travel", "stop"):
            share = {"do": "select", "name": f"r{number}", "ratio": draw(_by_class(_RATIO)), "place": ""}
            steps += [share] if kind == "stop" else []
            steps.append({"do": "travel", "name": f"t{number}", "time": _constant(draw(_SECONDS))})
        steps.append(draw(_serve(f"p{number}", station)) | ({"label": f"in{number}"} if kind == "flag" else {}))
    if board_at == len(order):
        steps.append({"do": "board", "ferry": "line", "origin": "a"})
    draw(_jumps(steps))
    steps.append({"do": "exit", "removed": draw(st.booleans())})
    return [*steps, {"do": "exit", "label": "end"}]


_departure = st.one_of(
    st.builds(lambda wait: {"rule": "rolling", "longest_wait_min": wait}, st.sampled_from([0.0, 1.0, 2.0, 5.0, 60.0])),
    st.builds(lambda every: {"rule": "headway", "every_min": every}, st.sampled_from([1.0, 3.0, 7.0])),
    st.builds(
        lambda times: {"rule": "timetable", "times": [_clock(t) for t in times]},
        st.lists(st.integers(1, 20), min_size=1, max_size=4, unique=True).map(sorted),
    ),
    st.just({"rule": "at_once"}),
)


@st.composite
def weather(draw: st.DrawFn) -> dict[str, Any]:
    """Fog in the first half hour of most days, and storms that leave small ships behind."""
    fog = {
        "days": [draw(st.sampled_from([10.0, 28.0]))] * 12,
        "persistence": draw(st.sampled_from([0.0, 0.5])),
        "start_from_h": 0.0,
        "start_to_h": draw(st.sampled_from([0.1, 0.4])),
        "length": {"family": "exponential", "mean_s": 240.0},
    }
    wind = {
        "number": [10.0] * 12,
        "length": {"family": "exponential", "mean_s": draw(st.sampled_from([600.0, 86_400.0]))},
        "lower_class": 7,
        "later": {"family": "exponential", "mean_s": 600.0},
    }
    return {"fog": fog} | draw(st.sampled_from([{}, {"storm": {"wind": wind}}]))


@st.composite
def ferries(draw: st.DrawFn) -> dict[str, Any]:
    """Two ports, small ships, and closures that may begin before the start and outlast the horizon."""
    minutes = st.integers(-3, 20)
    closures = []
    for _ in range(draw(st.integers(0, 3))):
        start = draw(minutes)
        end = start + draw(st.sampled_from([1, 2, 5, 5, 500]))
        closure: dict[str, Any] = {"start": _moment(start), "end": _moment(end)}
        closure |= draw(st.sampled_from([{}, {}, {"ports": ["a"]}, {"wind_class": 7}, {"direction": "outbound"}]))
        closure |= draw(st.sampled_from([{}, {"headway_min": 1.0}, {"headway_min": 2.5}]))
        closures.append(closure)
    low = draw(st.sampled_from([1.0, 2.0]))
    berths = st.integers(1, 2)
    yard = st.sampled_from([None, 3.0, 4.0, 6.0])
    return {
        "ports": {
            "a": {"berths": draw(berths), "yard_m": draw(yard), "shore": "north"},
            "b": {"berths": draw(berths), "yard_m": draw(yard), "shore": "south"},
        },
        "ship_types": {"small": {"deck_m": 3.0, "wind_class": 7}, "big": {"deck_m": 5.0, "wind_class": 8}},
        "ferries": {
            "line": {
                "ends": ["a", "b"],
                "ships": {"small": draw(st.integers(0, 2)), "big": draw(st.integers(1, 2))},
                "departure": {"a": draw(_departure), "b": draw(_departure)},
                "crossing": {"low_min": low, "mode_min": low, "high_min": low + draw(st.sampled_from([0.0, 3.0]))},
                "loading_berths": draw(berths),
                "open_next_m": draw(st.sampled_from([0.0, 2.0, 4.0])),
                "load_s": draw(_by_class(st.sampled_from([0.0, 0.0, 30.0, 60.0]))),
                "unload_s": draw(_by_class(st.sampled_from([0.0, 30.0, 60.0]))),
                "closing_min": draw(st.sampled_from([0.0, 0.0, 0.5, 1.0])),
                "boarding_rank": draw(_by_class(st.integers(0, 1))),
            }
        },
        "closures": closures,
        "weather": draw(st.none() | weather()),
    }


@st.composite
def networks(draw: st.DrawFn, with_ferry: bool | None = None) -> dict[str, Any]:
    """Draw the mapping of a scenario with a custom network of at most twelve arrivals."""
    posts = draw(stations())
    sea = draw(ferries()) if (draw(st.booleans()) if with_ferry is None else with_ferry) else {}
    routes = {f"r{number}": draw(_route(list(posts), list(sea))) for number in range(draw(st.integers(1, 2)))}
    times = st.lists(st.sampled_from([30.0 * t for t in range(17)]), max_size=4).map(sorted)
    arrivals = {
        f"{name}_{route}": {
            "class": name,
            "route": route,
            "times_s": draw(times),
            "batch": draw(st.sampled_from([1, 1, 1, 2, 3])),
        }
        for name, route in draw(st.permutations([(c, r) for c in CLASSES for r in routes]))[:3]
    }
    horizon_s = draw(st.sampled_from([300, 900, 1800]))
    return scenario_of(
        {
            "start": "2018-01-02T00:00:00",
            "classes": {name: {"deck_m": deck} for name, deck in CLASSES.items()},
            "stations": posts,
            **sea,
            "routes": routes,
            "arrivals": arrivals,
            "prevalence_per_100k": {"any": 30_000.0},
            "concealment": _CONCEALMENT,
        },
        horizon_s=horizon_s,
        seed=draw(st.integers(0, 1000)),
    )


@st.composite
def closed_crossings(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the mapping of a scenario of full ships and many closures: units board at either port and do nothing else."""
    sea = draw(ferries())
    line = sea["ferries"]["line"]
    line["ships"] = {"small": draw(st.integers(1, 4)), "big": draw(st.integers(1, 4))}
    line["loading_berths"] = draw(st.integers(1, 3))
    for port in sea["ports"].values():
        port["berths"] = draw(st.integers(1, 5))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(-3, 20))
        closure = {"start": _moment(start), "end": _moment(start + draw(st.sampled_from([1, 4, 10, 500])))}
        closure |= draw(st.sampled_from([{}, {}, {"wind_class": 7}, {"direction": "outbound"}]))
        sea["closures"].append(closure | draw(st.sampled_from([{}, *({"headway_min": m} for m in (1.0, 2.5, 4.0))])))
    routes = {f"from_{end}": [{"do": "board", "ferry": "line", "origin": end}, {"do": "exit"}] for end in ("a", "b")}
    times = st.lists(st.sampled_from([60.0 * t for t in (0, 0, 1, 2, 3, 5, 8, 13, 21)]), max_size=4).map(sorted)
    arrivals = {
        f"{name}_{route}": {"class": name, "route": route, "times_s": draw(times), "batch": draw(st.integers(1, 4))}
        for name in CLASSES
        for route in routes
    }
    return scenario_of(
        {
            "start": "2018-01-02T00:00:00",
            "classes": {name: {"deck_m": deck} for name, deck in CLASSES.items()},
            "stations": {},
            **sea,
            "routes": routes,
            "arrivals": arrivals,
        },
        horizon_s=draw(st.sampled_from([900, 1800, 3600])),
        seed=draw(st.integers(0, 1000)),
    )


def scenario_of(network: dict[str, Any], horizon_s: float = 3600, seed: int = 1) -> dict[str, Any]:
    """Wrap a custom network in the rest of a scenario; nothing happens at or after the horizon."""
    return {
        "title": {"name": "drawn", "zh": "随机", "en": "drawn"},
        "run": {"days": horizon_s / 86_400, "lead_in_h": 0, "replications": 1, "seed": seed},
        "network": {"kind": "custom", **network},
    }
