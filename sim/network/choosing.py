"""How a place chooses whom to inspect: the information system's flag, the risk score, the ordinary selection.

Flags are alarm steps that lead to selections of their own; all selections of a place share one slot, `place/select`,
because a unit meets only one of them.
"""

from collections.abc import Iterator

from sim.policy import true_positive_share
from sim.scenario import World, value_for
from sim.scenario.custom import Alarm, Select, Step
from sim.scenario.policy import Exemption, Risk, Sampling


def choose_at(world: World, name: str, who: tuple[str, str], first: str, after: str) -> Iterator[Step]:
    """Write the steps between the primary check of a place and its techniques.

    Parameters
    ----------
    world : World
    name : str
        The place.
    who : tuple of str
        Port and vehicle class.
    first : str
        First technique; the step behind these ones.
    after : str
        Label of the step behind the place.
    """
    _, vehicle = who
    information = world.information.get(name)
    sampling = {k: _select_sampling(world.sampling[name], k) for k in world.sampling[name]}
    risk = value_for(world.sampling[name], vehicle)
    inspected = f"{name}_{first}"
    label = None
    if information is not None:
        label = f"{name}_unflagged"
        yield _flag(f"{name}/information", vehicle, (who[0], name), information.flags(vehicle), label)
        flagged: dict[str, Sampling] = {**information.ratio}
        yield _select(world, name, who, (first, after), flagged).model_copy(
            update={"at": f"{who[0]}/{name}/flagged", "then": inspected}
        )
    if isinstance(risk, Risk):
        shares = (true_positive_share(risk.top_share, risk.d_prime), risk.top_share)
        score = _flag(f"{name}/score", vehicle, (who[0], name), shares, f"{name}_rest")
        yield score.model_copy(update={"label": label})
        label = f"{name}_rest"
        yield _select(world, name, who, (first, after), {"any": 1.0}).model_copy(update={"then": inspected})
    yield _select(world, name, who, (first, after), sampling).model_copy(update={"label": label})


def _select_sampling(line: dict[str, Sampling], vehicle: str) -> Sampling:
    """Sampling that the ordinary select of a class follows."""
    sampling = line[vehicle]
    if isinstance(sampling, Risk):
        return sampling.ratio
    if isinstance(sampling, Exemption):
        return sampling.model_copy(update={"after": f"{sampling.after}/select"})
    return sampling


def _flag(name: str, vehicle: str, where: tuple[str, str], shares: tuple[float, float], otherwise: str) -> Alarm:
    return Alarm(
        do="alarm",
        name=name,
        place=where[1],
        port=where[0],
        post=name,
        detects={vehicle: shares[0]},
        false_alarms={vehicle: shares[1]},
        flag=True,
        otherwise=otherwise,
    )


def _select(world: World, name: str, who: tuple[str, str], ends: tuple[str, str], ratio: dict[str, Sampling]) -> Select:
    """Write a select of a place; `ends` are its first technique and the label behind the place."""
    place, (port, vehicle), (_, after) = world.checkpoint[name], who, ends
    watched = place.watched_by(vehicle)
    here = f"{port}/{name}"
    relief = place.relief
    return Select(
        do="select",
        name=f"{name}/select",
        at=here,
        place=name,
        port=port,
        ratio=ratio,
        relief=relief and relief.model_copy(update={"station": f"{here}/{relief.station}"}),
        full_station=f"{here}/{watched}" if place.when_full == "waive" and watched else None,
        otherwise=after,
    )
