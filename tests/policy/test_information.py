"""What joint work makes of an information system's sensitivity, by hand."""

import pytest

from sim.scenario.information import Information

PLAIN = {"sensitivity": {"any": 0.4, "truck": 0.8}, "specificity": {"any": 0.99, "truck": 0.9}, "ratio": {"any": 1.0}}


@pytest.mark.parametrize(
    ("joint", "vehicle", "flags"),
    [
        (None, "car", (0.4, 0.01)),
        (None, "truck", (0.8, 0.1)),
        ({"share": 0.7, "uplift": 1.5}, "car", (0.3 * 0.4 + 0.7 * 0.6, 0.01)),
        ({"share": 0.7, "uplift": 1.5}, "truck", (0.3 * 0.8 + 0.7 * 1.0, 0.1)),
        ({"guangdong": {"share": 0.5, "uplift": 2.0}, "guangxi": {"share": 0.2, "uplift": 1.0}}, "car", (0.6, 0.01)),
        ({"guangdong": {"share": 1.0, "uplift": 3.0}}, "car", (1.0, 0.01)),
        ({}, "car", (0.4, 0.01)),
    ],
)
def test_origins_are_averaged(joint, vehicle, flags):
    system = Information.model_validate(PLAIN | ({} if joint is None else {"joint": joint}))
    assert system.flags(vehicle) == pytest.approx(flags)
