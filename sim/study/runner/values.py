"""What factors and their values are called: settings, policies, options, switches in the reader's language."""

from collections.abc import Mapping
from typing import Any

from sim.figures.wording import Texts
from sim.scenario.base import Model
from sim.scenario.policy import Exemption, Quota, Risk, SkipLot, Systematic
from sim.scenario.study import Factor

LONGEST = 60
"""Letters of a name; a longer one is cut."""
_POLICIES: Mapping[str, type[Model]] = {
    "systematic": Systematic,
    "risk": Risk,
    "exemption": Exemption,
    "skip_lot": SkipLot,
    "quota": Quota,
}
_RELIEF = {"station", "above", "below", "factor"}
_HOURS = 24
_TITLED = ("checkpoint", "vehicle", "port", "line", "channel")
"""Groups of settings whose entries have titles."""


def factor_title(name: str, factor: Factor | None, texts: Texts, mapping: Mapping[str, Any]) -> str:
    """Name a factor: as the study does, else by what its key sets, else as it is written.

    Parameters
    ----------
    name : str
    factor : Factor or None
        None where a table of points names its settings alone.
    texts : Texts
    mapping : mapping
        Settings of the study, whose entries have titles.

    Returns
    -------
    str
        Such as `Truck ratio, Haikou check`.
    """
    given = getattr(factor, texts.language, "") if factor is not None else ""
    if given:
        return str(given)
    keys = factor.keys if factor is not None and factor.keys else (name,)
    parts = keys[0].lstrip("+").split(".")
    if parts[0] == "sampling" and len(parts) == 3:
        vehicle, place = (_entry(mapping, *where, texts) for where in (("vehicle", parts[2]), ("checkpoint", parts[1])))
        return texts("factor_sampling", vehicle=vehicle, place=place)
    if parts[0] == "staffing" and len(parts) == 4:
        place = _entry(mapping, "checkpoint", parts[2], texts)
        if len({key.split(".")[1] for key in keys}) == 1:
            place = texts("factor_place_port", place=place, port=_entry(mapping, "port", parts[1], texts))
        return texts("factor_staffing", station=texts.station(parts[3]), place=place)
    return name.replace("_", " ")


def _entry(mapping: Mapping[str, Any], group: str, name: str, texts: Texts) -> str:
    entry = (mapping.get(group) or {}).get(name, {})
    return str(entry.get(f"title_{texts.language}") or name)


def called(factor: Factor | None, value: Any, texts: Texts, mapping: Mapping[str, Any]) -> str:
    """Name a value of a factor.

    Parameters
    ----------
    factor : Factor or None
        None where a table of points holds its values alone.
    value : any
    texts : Texts
    mapping : mapping
        Settings of the study, whose entries have titles.

    Returns
    -------
    str
        Of a package its title, else what `value_text` says.
    """
    if factor is not None and factor.packages is not None and isinstance(value, str):
        package = factor.packages.get(value)
        title = getattr(package, texts.language, "")
        return title or value_text(value, texts, mapping)
    return value_text(value, texts, mapping)


def value_text(value: Any, texts: Texts, mapping: Mapping[str, Any] | None = None) -> str:
    """Write a value for a reader: a number as it is, a policy as a phrase, an option by its name in the texts.

    Names that the texts do not know are written as they are; nothing is longer than `LONGEST`.
    """
    titles = mapping or {}
    text = _text(value, texts, titles)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _text(value: Any, texts: Texts, titles: Mapping[str, Any]) -> str:
    if value is None or isinstance(value, bool):
        return texts(f"value_{str(value).lower()}")
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return _phrase(value, texts, titles)
    if isinstance(value, list | tuple):
        return _listed(value, texts, titles)
    return _title(str(value), titles, texts) or texts.known(f"value_{value}") or str(value)


def _phrase(value: Mapping[str, Any], texts: Texts, titles: Mapping[str, Any]) -> str:
    """Say what a policy or a relief does, and of other settings what each field is."""
    rule = str(value.get("rule", ""))
    fields = dict(value)
    if rule in _POLICIES:
        defaults = {name: field.default for name, field in _POLICIES[rule].model_fields.items()}
        fields = {**defaults, **value}
    written = {name: _text(part, texts, titles) for name, part in fields.items()}
    if rule in _POLICIES:
        return texts(f"policy_{rule}", **written)
    if set(value) == _RELIEF:
        return texts("relief", **{**written, "station": texts.station(str(value["station"]))})
    named = [
        texts("field_value", name=texts.known(f"field_{name}") or name.replace("_", " "), value=part)
        for name, part in written.items()
    ]
    return texts.together(named)


def _listed(value: list[Any] | tuple[Any, ...], texts: Texts, titles: Mapping[str, Any]) -> str:
    numbers = [part for part in value if isinstance(part, int | float) and not isinstance(part, bool)]
    if len(value) == len(numbers) == _HOURS:
        return texts("value_by_hour", low=f"{min(numbers):g}", high=f"{max(numbers):g}")
    return texts.together([_text(part, texts, titles) for part in value])


def _title(name: str, titles: Mapping[str, Any], texts: Texts) -> str:
    """Title that the settings give an entry of that name; empty where there is none."""
    entries = (titles.get(group) for group in _TITLED)
    found = (entry[name] for entry in entries if isinstance(entry, Mapping) and isinstance(entry.get(name), Mapping))
    return next((str(entry.get(f"title_{texts.language}") or "") for entry in found), "")


__all__ = ["called", "factor_title", "value_text"]
