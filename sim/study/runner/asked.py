"""What a study asks of its points, held against what it keeps of them: figures, factors, labels."""

from collections.abc import Iterator, Sequence
from typing import Any

from sim.errors import Fault
from sim.metrics.kept import BY_NAME
from sim.scenario.asked import Figure, Heatmap
from sim.scenario.base import Model
from sim.scenario.faults import nearest
from sim.scenario.study import Study

_FIELDS = ("crossings", "tradeoffs", "heatmaps", "fronts", "gains", "forests", "tornadoes", "sensitivities")
_LABELS = {"direction": "direction", "line": "line", "vehicle_class": "class"}


def asked_faults(study: Study) -> Iterator[Fault]:
    """Yield what is wrong with the figures and factors that answers and figures name."""
    for name in _FIELDS:
        for number, entry in enumerate(getattr(study, name)):
            field = f"study.{name}.{number}"
            yield from _factor_faults(study, field, entry)
            for path, figure in figures_asked(entry, field):
                yield from _figure_faults(study, path, figure)
    if study.screening is not None:
        yield from _figure_faults(study, "study.screening.figure", study.screening.figure)


def figures_asked(value: Any, path: str) -> Iterator[tuple[str, Figure]]:
    """Yield the figures that an entry needs, each after its path, in the order of the fields."""
    if isinstance(value, Figure):
        yield path, value
    elif isinstance(value, Model):
        for name in type(value).model_fields:
            yield from figures_asked(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from figures_asked(part, f"{path}.{number}")


def _factor_faults(study: Study, field: str, entry: Model) -> Iterator[Fault]:
    """Yield factors that the design has not, or whose values are no numbers where an axis needs them."""
    factors = getattr(study.design, "factor", {})
    for place in ("factor", "x", "y"):
        name = getattr(entry, place, None)
        if name is None or not factors:
            continue
        if name not in factors:
            yield Fault(f"{field}.{place}", f"must be a factor{nearest(name, factors)}", name)
        elif isinstance(entry, Heatmap):
            values: Sequence[Any] = factors[name].values or ()
            wrong = [value for value in values if isinstance(value, bool) or not isinstance(value, int | float)]
            if wrong or len(values) < 2:
                got = wrong[0] if wrong else values[0]
                yield Fault(f"{field}.{place}", f"must be a factor with two numbers or more; {name} has", got)


def _figure_faults(study: Study, field: str, figure: Figure) -> Iterator[Fault]:
    if figure.metric not in study.outputs.metrics or figure.metric not in BY_NAME:
        yield Fault(f"{field}.metric", "must be one of study.outputs.metrics", figure.metric)
        return
    options = BY_NAME[figure.metric].statistics
    if figure.statistic not in options:
        rule = f"must be a statistic of {figure.metric}: {', '.join(options)}"
        yield Fault(f"{field}.statistic", rule, figure.statistic)
    for name, column in _LABELS.items():
        given = getattr(figure, name)
        if given != "all" and column not in study.outputs.by:
            yield Fault(f"{field}.{name}", f"must be all, or study.outputs.by must hold {column}", given)
