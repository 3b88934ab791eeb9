"""From flat tables to state machines."""

from collections.abc import Sequence
from typing import Any

from .exemption import Exemption
from .policy import Policy, PolicyKind
from .quota import Quota
from .ratio import Ratio
from .skip_lot import SkipLot
from .systematic import Systematic


def make_policies(table: Any, start: Any) -> list[list[Policy]]:
    """Make a fresh machine for every rule and class.

    Parameters
    ----------
    table : RuleTable
        Its columns `policy`, `ratio`, `count`, `factor` and `after`, as described in `sim.network.tables`.
    start : array of float, shape (Q, K)
        Uniforms in [0, 1) for the starts of systematic sampling.

    Returns
    -------
    list of list of Policy
        By rule and class.
    """
    columns = (table.policy, table.ratio, table.count, table.factor, table.after, start)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [[_make(PolicyKind(kind), *figures) for kind, *figures in zip(*row, strict=True)] for row in rows]


def _make(kind: PolicyKind, hours: Sequence[float], count: int, factor: float, after: int, start: float) -> Policy:
    if kind == PolicyKind.SYSTEMATIC:
        return Systematic(count, start)
    if kind == PolicyKind.EXEMPTION:
        return Exemption(hours, after, factor)
    if kind == PolicyKind.SKIP_LOT:
        return SkipLot(hours, count)
    if kind == PolicyKind.QUOTA:
        return Quota(hours, count)
    return Ratio(hours)
