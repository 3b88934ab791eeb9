"""Units from items: hand-computed values, and the hypergeometric law of scipy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from sim.network.detection import any_of, compiled_detects, compiled_false_alarms, group_detection
from sim.scenario.checkpoint import Technique
from sim.scenario.world import VehicleClass


@pytest.mark.parametrize(
    ("probability", "items", "expected"),
    [(0.5, 1, 0.5), (0.5, 3, 0.875), (0.1, 2, 0.19), (0.0, 1000, 0.0), (1.0, 7, 1.0)],
)
def test_at_least_one_of_some(probability, items, expected):
    assert any_of(probability, items) == pytest.approx(expected, rel=1e-14)


def test_rare_items_do_not_round_away():
    assert any_of(1e-18, 200) == pytest.approx(2e-16, rel=1e-12)


@pytest.mark.parametrize(
    ("box", "items", "bad", "opened", "expected"),
    [
        (1.0, 4, 1, 2, 0.5),  # half of the boxes opened
        (1.0, 4, 2, 2, 5 / 6),  # missed only if both opened are the two clean ones: 1 of 6
        (0.5, 4, 2, 2, 11 / 24),  # k = 0, 1, 2 with 1/6, 4/6, 1/6: missed 1/6 + 4/12 + 1/24 = 13/24
        (0.7, 5, 5, 1, 0.7),  # every box holds some
        (0.7, 1, 1, 1, 0.7),
        (0.3, 10, 1, 10, 0.3),  # all opened
    ],
)
def test_boxes_by_hand(box, items, bad, opened, expected):
    assert group_detection(box, items, bad, opened) == pytest.approx(expected, rel=1e-14)


@given(st.floats(0, 1), st.integers(1, 60), st.data())
def test_boxes_follow_the_hypergeometric_law(box, items, data):
    bad, opened = (data.draw(st.integers(1, items)) for _ in range(2))
    law = hypergeom(items, bad, opened)
    expected = 1 - sum(law.pmf(k) * (1 - box) ** k for k in range(min(bad, opened) + 1))
    assert group_detection(box, items, bad, opened) == pytest.approx(expected, abs=1e-9)


CLASSES = {"truck": VehicleClass(), "batch": VehicleClass(items=3)}


def test_a_technique_is_compiled_by_class_and_level():
    technique = Technique.model_validate(
        {
            "detects": {"any": {"easy": 1.0, "hard": 0.5}, "batch": 0.6},
            "false_alarms": {"any": 0.5},
            "per_item": True,
            "group": {"items": 4, "bad": 2, "opened": 2},
        }
    )
    detects = compiled_detects(technique, CLASSES)
    assert detects["truck"] == pytest.approx({"easy": 5 / 6, "hard": 11 / 24}, rel=1e-14)
    assert detects["batch"] == pytest.approx(1 - (1 / 6 + 4 / 6 * 0.4 + 1 / 6 * 0.16), rel=1e-14)
    assert compiled_false_alarms(technique, CLASSES) == {"truck": 0.5, "batch": 0.875}


def test_without_items_and_groups_nothing_is_changed():
    technique = Technique.model_validate({"detects": {"truck": 0.37}, "false_alarms": {"any": 0.013}})
    assert compiled_detects(technique, CLASSES) == {"truck": 0.37}
    assert compiled_false_alarms(technique, CLASSES) == {"truck": 0.013, "batch": 0.013}
