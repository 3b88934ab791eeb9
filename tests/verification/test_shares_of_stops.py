"""A stop is reached by its share of a class, after its travel time, in the composition of the strait's world."""

import numpy as np
import pytest

from .experiment import Disagreement, Settings, demand_agreement, in_window, replicate
from .test_erlang_1917_coast import coast

WAY_S = 1800.0


def with_stop(share: float) -> Settings:
    """Send a share of the small craft to the coast watch, half an hour away, where all are covered and reported."""
    settings = coast(1.0, 1.0, teams=100, hours=24)
    channel = {**settings["channel"]["coast"]}
    stop = {"place": "coast", "site": "coastline", "share": {"small_craft": share}}
    stop["travel"] = {"any": {"family": "constant", "mean_s": WAY_S}}
    return {**settings, "channel": {"coast": {**channel, "way": [stop]}}}


def check(settings: Settings, share: float) -> None:
    """Hold the share of craft that come against what is configured; each comes exactly the travel time later."""

    def measure(network, workload, record):
        mine = in_window(network, record)
        slot = network.serves.of("coast/patrol")
        joined, arrived = record.serves["join_tick"][slot], record.units["arrival_tick"]
        came = joined >= 0
        assert (joined[came] - arrived[came] == 1000 * WAY_S).all()
        asked = record.selects["is_selected"][network.selects.of("coast/reached")] == 1
        assert np.array_equal(asked[mine], came[mine])
        return {"share": came[mine].mean()}

    demand_agreement(replicate(settings, measure, 20), {"share": share})


@pytest.mark.parametrize("share", [0.3, 0.05])
def test_share(share):
    check(with_stop(share), share)


def test_a_wrong_share_is_noticed():
    with pytest.raises(Disagreement):
        check(with_stop(0.33), 0.3)
