"""Figures of ways on the island and of techniques without a post, on paper."""

import pytest

from sim import load_scenario, simulate
from sim.metrics import reduce_replication, summarise
from sim.record import audit

from .builders import built, constant, ran

SEA = {
    "ports": {"a": {"berths": 1, "shore": "north"}, "b": {"berths": 1, "shore": "south"}},
    "ship_types": {"ship": {"deck_m": 1.0}},
    "ferries": {
        "line": {
            "ends": ["a", "b"],
            "ships": {"ship": 2},
            "departure": {"any": {"rule": "rolling", "longest_wait_min": 0.0}},
            "crossing": {"low_min": 10.0, "mode_min": 10.0, "high_min": 10.0},
            "load_s": {"any": 0.0},
            "unload_s": {"any": 0.0},
        }
    },
}
POST = [
    {"do": "alarm", "name": "post/radar", "place": "post", "port": "hill", "post": "hill/post/radar"},
    {"do": "alarm", "name": "post/team", "place": "post", "port": "hill", "post": "hill/post/team"},
]


def values(network, *columns):
    run = ran(network)
    assert audit(*run) == []
    frame = summarise(network, [reduce_replication(*run)], 0.95).metrics
    rows = frame[(frame["statistic"].isin(["mean", "ratio"]))]
    return {(r["metric"], *(r[c] for c in columns)): r["value"] for _, r in rows.iterrows()}


def crossing_with(*steps):
    """One unit: 10 min over the sea, 2 min at a desk ashore, then the steps."""
    return built(
        SEA
        | {
            "stations": {"desk": {"servers": 1}},
            "routes": {
                "main": [
                    {"do": "board", "ferry": "line", "origin": "a"},
                    {"do": "serve", "station": "desk", "time": constant(120.0)},
                    *steps,
                ]
            },
            "arrivals": {"main": {"route": "main", "times_s": [60.0]}},
        }
    )


def test_crossing_ends_where_the_way_on_the_island_begins():
    way = [{"do": "travel", "name": name, "time": constant(300.0)} for name in ("first", "second")]
    got = values(crossing_with(*way), "direction", "port", "class")
    assert got["crossing_time", "all", "all", "all"] == pytest.approx(12)
    assert got["time_in_system", "all", "all", "all"] == pytest.approx(22)


def test_crossing_is_the_whole_time_without_a_way():
    got = values(crossing_with(), "direction", "port", "class")
    assert got["crossing_time", "all", "all", "all"] == got["time_in_system", "all", "all", "all"] == 12


def test_a_way_before_boarding_belongs_to_the_crossing():
    network = built(
        SEA
        | {
            "routes": {
                "main": [
                    {"do": "travel", "name": "road", "time": constant(300.0)},
                    {"do": "board", "ferry": "line", "origin": "a"},
                ]
            },
            "arrivals": {"main": {"route": "main", "times_s": [60.0]}},
        }
    )
    assert values(network, "direction")["crossing_time", "all"] == pytest.approx(15)


def test_no_crossing_without_a_ferry():
    network = built(
        {
            "routes": {"main": [{"do": "travel", "name": "road", "time": constant(300.0)}]},
            "arrivals": {"main": {"route": "main", "times_s": [60.0]}},
        }
    )
    assert ("crossing_time", "all") not in values(network, "direction")


def look(detects, removed_at="post"):
    """Two units past a lane, then a selection of all and two instant answers at `post`."""
    figures = {"detects": {"any": detects}, "false_alarms": {"any": 1.0}, "otherwise": "out"}
    search = {"detects": {"any": detects}, "false_alarms": {"any": 0.0}, "otherwise": "out"}
    return built(
        {
            "stations": {"lane": {"servers": 2, "place": "gate", "port": "quay"}},
            "routes": {
                "main": [
                    {"do": "serve", "station": "lane", "time": constant(10.0)},
                    {"do": "select", "name": "share", "ratio": {"any": 1.0}, "place": "", "otherwise": "out"},
                    {
                        "do": "select", "name": "post/select", "ratio": {"any": 1.0}, "place": removed_at,
                        "port": "hill", "otherwise": "out",
                    },
                    POST[0] | figures,
                    POST[1] | search,
                    {"do": "exit", "removed": True},
                    {"do": "exit", "label": "out"},
                ]
            },
            "arrivals": {"main": {"route": "main", "times_s": [0.0, 5.0]}},
        }
    )  # fmt: skip


def test_instant_answers_count_at_their_own_place():
    got = values(look(0.5), "port", "line", "station", "class")
    assert got["alarm_ratio", "hill", "post", "hill/post/radar", "unit"] == 1
    assert got["false_alarm_ratio", "hill", "post", "hill/post/radar", "unit"] == 1
    assert got["searches", "hill", "post", "all", "unit"] == 2 * 24
    assert got["hit_rate", "hill", "post", "all", "unit"] == 0
    assert got["selected_ratio", "hill", "post", "all", "unit"] == 1
    assert got["expected_interception", "all", "post", "all", "unit"] == pytest.approx(0.25)
    assert not [key for key in got if key[0] in {"alarm_ratio", "searches", "selected_ratio"} and key[2] == "gate"]


def test_a_selection_of_no_place_is_not_reported():
    got = values(look(0.5), "port", "line")
    assert {key[2] for key in got if key[0] == "selected_ratio"} == {"post"}


def test_a_place_without_posts_has_no_delay():
    assert not [key for key in values(look(0.5), "line") if key[0] == "inspection_delay"]


@pytest.fixture(scope="module")
def channels():
    """A short day of everything, and of the ferries alone."""
    short = ("run.days=0.25", "run.lead_in_h=4", "run.lead_out_h=2", "threat.prevalence_per_100k.any=0.0")
    return [
        simulate(load_scenario("march_2018", *short, *more), replications=2, workers=1).metrics
        for more in ((), ("channel=none",))
    ]


def test_channels_leave_the_figures_of_ferry_ports_as_they_are(channels):
    """To the last bit, as long as nobody is removed; only the end of a route lies further on, and boxes take time."""
    both = [frame[frame["metric"] != "time_in_system"] for frame in channels]
    keys = ["metric", "direction", "port", "line", "station", "class", "statistic"]
    ports = ["haian", "haian_new", "north_rail", "xinhai", "xiuying", "south_rail"]
    further_on = ["completions", "in_system", "backlog", "unfinished", "inspection_delay"]
    rest = both[1][both[1]["port"].isin(ports) & ~both[1]["metric"].isin(further_on)]
    rest = rest[~rest["metric"].str.contains("expected|realised")]
    rest = rest[(rest["metric"] != "crossing_time") | rest["class"].isin(["car", "coach", "truck", "produce_truck"])]
    joined = rest.merge(both[0], on=keys, how="left", suffixes=("", "_all"))
    assert len(joined) > 1000
    different = joined[(joined["value"] != joined["value_all"]) & joined["value"].notna()]
    assert different.empty, different[[*keys, "value", "value_all"]].head()


def test_flows_tell_channels_apart(channels):
    rows = channels[0].query("metric == 'arrivals' and port == 'all' and `class` == 'all' and direction != 'all'")
    assert set(rows["direction"]) == {"inbound", "outbound", "containers", "parcels", "coast"}
