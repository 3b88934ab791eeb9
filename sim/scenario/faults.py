"""From pydantic's errors to faults: the field as a planner writes it, the rule, the value."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from sim.errors import Fault

from .base import Model

_WANTS_SCALAR = {"float_type", "int_type", "float_parsing", "int_parsing", "int_from_float"}
_WANTS_LIST = {"tuple_type", "list_type"}
_WANTS_MAPPING = {"dict_type"}
_MEANT = {
    **dict.fromkeys(_WANTS_LIST, "must be a list in [brackets]"),
    **dict.fromkeys(["dict_type", "model_type", "model_attributes_type"], "must hold settings by name"),
}
"""What pydantic says in Python's words."""


def faults_of(error: ValidationError, given: Mapping[str, Any]) -> list[Fault]:
    """List the faults of a failed validation.

    Parameters
    ----------
    error : ValidationError
        What pydantic found.
    given : mapping
        What was validated; tells the keys of an error's path from pydantic's names of union branches.

    Returns
    -------
    list of Fault
        One a field, in pydantic's order: where a field may be one of several things, only the fault of the
        thing that it looks like.
    """
    items = [(_path(item["loc"], given, item["type"]), item) for item in error.errors(include_url=False)]
    kept: dict[tuple[str, ...], Fault] = {}
    for path, item in items:
        if not _is_other_branch(path, item, [p for p, _ in items]):
            kept.setdefault(path, _fault(path, item))
    return list(kept.values())


def nearest(name: str, options: Iterable[str]) -> str:
    """Suggest the option that is spelled most like a name: ` (did you mean 'x'?)`, or nothing."""
    near = get_close_matches(name, list(options), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def known_keys() -> list[str]:
    """List every field name of every model, for suggestions."""
    return sorted({key for model in _all_models(Model) for key in _keys(model)})


def _keys(model: type[Model]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield field.alias or name


def _all_models(root: type[Model]) -> Iterable[type[Model]]:
    for model in root.__subclasses__():
        yield model
        yield from _all_models(model)


def _path(where: tuple[int | str, ...], given: Any, kind: str) -> tuple[str, ...]:
    """Keep the parts of an error's path that are keys or positions of what was given, or read from its CSV."""
    path: list[str] = []
    is_read = False
    for number, part in enumerate(where):
        if part == "[key]":
            continue
        is_last = kind in {"missing", "extra_forbidden"} and number == len(where) - 1
        has_csv = isinstance(given, Mapping) and "csv" in given and part not in given.values()
        is_read = is_read or (has_csv and part not in given)
        if not is_read and _has(given, part):
            given = given[part]
        elif not (is_read or is_last):
            continue
        path.append(str(part))
    return tuple(path[1:] if path[:1] == ["world"] else path)


def _has(given: Any, part: int | str) -> bool:
    """Tell whether part of an error's path is a key or a position, not the name of a union's branch."""
    if isinstance(given, Mapping):
        return part in given
    return isinstance(given, Sequence) and isinstance(part, int) and part < len(given)


def _is_other_branch(path: tuple[str, ...], item: Any, paths: Sequence[tuple[str, ...]]) -> bool:
    """Tell whether an error is about a branch of a union that the value does not look like."""
    is_list = isinstance(item["input"], list | tuple)
    deeper = any(len(other) > len(path) and other[: len(path)] == path for other in paths)
    if is_list:
        # NOTE a list is also called too short when one of its items is wrong.
        is_echo = deeper and item["type"] == "too_short"
        return is_echo or (item["type"] in _WANTS_SCALAR and (deeper or paths.count(path) > 1))
    if isinstance(item["input"], Mapping):
        return item["type"] in _WANTS_SCALAR and (deeper or paths.count(path) > 1)
    return item["type"] in _WANTS_LIST | _WANTS_MAPPING and paths.count(path) > 1


def _fault(path: tuple[str, ...], item: Any) -> Fault:
    """Turn one pydantic error into field, rule and value."""
    field = ".".join(path) or "scenario"
    kind, given = item["type"], item["input"]
    if kind == "extra_forbidden":
        return unknown_key(path)
    if kind == "missing":
        return Fault(field, "must be given", _Plain("nothing"))
    if kind in {"value_error", "assertion_error"}:
        return _own_rule(field, item["msg"])
    if kind == "union_tag_invalid":
        return _unknown_tag(f"{field}.{_discriminator(item)}", item["ctx"])
    if kind == "union_tag_not_found":
        return Fault(f"{field}.{_discriminator(item)}", "must be given", _Plain("nothing"))
    message = item["msg"][0].lower() + item["msg"][1:]
    return Fault(field, _MEANT.get(kind) or re.sub(r"^\w+ should", "must", message), given)


def _own_rule(field: str, message: str) -> Fault:
    """Take apart a message of our own: `inner field must …; got value`, the inner field may be missing."""
    rule, _, value = message.removeprefix("Value error, ").rpartition("; got ")
    inner, _, rest = f" {rule}".partition(" must ")
    parts = [part for part in ("" if field == "scenario" else field, inner.strip()) if part]
    return Fault(".".join(parts), f"must {rest}", _Plain(value))


def _unknown_tag(field: str, context: Mapping[str, str]) -> Fault:
    options = [tag.strip(" '") for tag in context["expected_tags"].split(",")]
    rule = f"must be one of {', '.join(options)}{nearest(context['tag'], options)}"
    return Fault(field, rule, context["tag"])


def _discriminator(item: Any) -> str:
    name: str = item["ctx"]["discriminator"]
    return name.strip("'")


def unknown_key(path: Sequence[str]) -> Fault:
    """Describe a key that no model has, with the nearest that one has."""
    others = [key for key in known_keys() if key != path[-1]]  # it may be one in another place
    return Fault(".".join(path), f"must be a known key{nearest(path[-1], others)}", path[-1])


class _Plain(str):
    """Text that is shown without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
