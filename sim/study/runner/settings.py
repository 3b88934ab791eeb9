"""Settings of detection and threat that are changed after a study, held against its scenarios."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.errors import Fault, ScenarioError
from sim.metrics.catalogue import INTERCEPTION_SUM
from sim.scenario import make_scenario
from sim.scenario.faults import nearest
from sim.scenario.study import Study
from sim.study.design import change_mapping

Settings = Sequence[tuple[str, Any]]


def slider_faults(study: Study, bases: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Yield what is wrong with the sliders of a study: outputs that lack, settings that a base has not or refuses."""
    sliders = study.sliders
    if sliders is None:
        return
    kept = study.outputs
    for name in (INTERCEPTION_SUM, "expected_interception", sliders.figure.metric):
        if name not in kept.metrics:
            yield Fault("study.outputs.metrics", "must hold what sliders need", name)
    for column in ("line", "class"):
        if column not in kept.by:
            yield Fault("study.outputs.by", "must hold what sliders need", column)
    for mapping in bases:
        for _, settings in sliders.combinations():
            try:
                make_scenario(changed(mapping, settings))
            except ScenarioError as error:
                yield from (Fault(f"study.sliders: {f.field}", f.rule, f.value) for f in error.faults)
                return


def changed(mapping: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Put settings that are there into the mapping of a scenario."""
    for key, _ in settings:
        here: Any = mapping
        for part in key.split("."):
            if not (isinstance(here, Mapping) and part in here):
                options = list(here) if isinstance(here, Mapping) else []
                raise ScenarioError(Fault(key, f"must be a known key{nearest(part, options)}", part))
            here = here[part]
    return change_mapping(mapping, [(tuple(key.split(".")), value) for key, value in settings])
