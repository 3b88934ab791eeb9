"""YAML files whose aliases repeat too much: a few lines can stand for more values than fit into memory."""

from typing import Any

import yaml

MOST_REPEATED = 100_000
"""Values that the aliases of one file may repeat, all together."""


class TooManyAliases(yaml.MarkedYAMLError):
    """The aliases of a file repeat more than `MOST_REPEATED` values."""

    def __init__(self, alias: str | None, mark: Any) -> None:
        super().__init__(problem=f"the alias *{alias}", problem_mark=mark)


def counting_aliases(loader: type[Any]) -> type[Any]:
    """Return a loader that counts what aliases repeat, and gives up before any of it is built.

    Parameters
    ----------
    loader : type
        A loader of PyYAML, in Python.

    Returns
    -------
    type
        Loading with it raises `TooManyAliases`.
    """

    class Counting(loader):  # type: ignore[misc]
        def __init__(self, stream: Any) -> None:
            super().__init__(stream)
            self.values: dict[yaml.Node, int] = {}
            self.repeated = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.peek_event()
            node = super().compose_node(parent, index)
            if isinstance(event, yaml.AliasEvent):
                # An alias inside its own anchor has no end: whoever builds it says so.
                self.repeated += self.values.get(node, 0)
                if self.repeated > MOST_REPEATED:
                    raise TooManyAliases(event.anchor, event.start_mark)
            else:
                self.values[node] = 1 + sum(self.values.get(part, 0) for part in _parts(node))
            return node

    return Counting


def _parts(node: Any) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
