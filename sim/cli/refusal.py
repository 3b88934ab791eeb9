"""What a configuration may not hold: it is data, it never runs code and never reads the environment.

A key that begins with an underscore (`_target_`, `_recursive_` …) is refused anywhere: Hydra names code so.
An interpolation may only be a plain reference to another value, such as `${run.days}`; every resolver
(`${oc.env:HOME}`, `${now:…}`, `${oc.decode:…}`, one's own) and every nested interpolation is refused.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.errors import Fault

_REFERENCE = re.compile(r"\$\{\.*[A-Za-z0-9_]+(\.[A-Za-z0-9_]+|\[\d+\])*\}")


def refusals(config: Any, path: tuple[str, ...] = ()) -> Iterator[Fault]:
    """Yield a fault for every key or value of an unresolved configuration that could run or read anything."""
    if isinstance(config, Mapping):
        for key, value in config.items():
            here = (*path, str(key))
            if str(key).startswith("_"):
                yield Fault(".".join(here), "must not be given: a configuration never runs code", value)
            else:
                yield from refusals(value, here)
    elif isinstance(config, Sequence) and not isinstance(config, str):
        for number, value in enumerate(config):
            yield from refusals(value, (*path, str(number)))
    elif isinstance(config, str) and "${" in _REFERENCE.sub("", config):
        yield Fault(".".join(path), "must not use a resolver; only plain references such as ${run.days}", config)
