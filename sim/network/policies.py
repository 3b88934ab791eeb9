"""Selection rules as flat tables: ratios, policies and what they count."""

from collections.abc import Sequence

import numpy as np

from sim.policy import PolicyKind
from sim.scenario import value_for
from sim.scenario.custom import Select
from sim.scenario.policy import Exemption, Quota, Sampling, SkipLot, Systematic, ratio_of

from .tables import Rows, RuleTable

_KINDS: dict[type, PolicyKind] = {
    Systematic: PolicyKind.SYSTEMATIC,
    Exemption: PolicyKind.EXEMPTION,
    SkipLot: PolicyKind.SKIP_LOT,
    Quota: PolicyKind.QUOTA,
}
_COUNTING = (Systematic, SkipLot, Quota)


def bare_rule(step: Select) -> Select:
    """Strip a select of all that its rule does not depend on: rules that are equal then are one."""
    counts = any(isinstance(sampling, _COUNTING) for sampling in step.ratio.values())
    nowhere = {} if counts else {"name": "", "at": ""}
    return step.model_copy(
        update={"label": None, "then": None, "otherwise": None, "place": None, "port": "", **nowhere}
    )


def rule_table(rules: Sequence[Select], classes: Sequence[str], stations: Sequence[str], selects: Rows) -> RuleTable:
    """Freeze the selection rules.

    Parameters
    ----------
    rules : sequence of Select
        As from `bare_rule`.
    classes, stations : sequence of str
        Names of vehicle classes and of stations.
    selects : Rows
        Of the record's selects.
    """
    shape = (len(rules), len(classes))
    policy, count = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    ratio, factor, after = np.zeros((*shape, 24)), np.ones(shape), np.full(shape, -1, np.int64)
    for q, rule in enumerate(rules):
        for k, name in enumerate(classes):
            sampling = value_for(rule.ratio, name)
            if sampling is None:
                continue
            policy[q, k] = _KINDS.get(type(sampling), PolicyKind.RATIO)
            ratio[q, k] = ratio_of(sampling)
            count[q, k] = _count_of(sampling)
            if isinstance(sampling, Exemption):
                factor[q, k] = sampling.factor
                after[q, k] = selects.of(sampling.after) if sampling.after in selects.name else -1
    reliefs = [rule.relief for rule in rules]
    places = [rule.full_station for rule in rules]
    return RuleTable(
        name=tuple(rule.name for rule in rules),
        at=tuple(rule.at for rule in rules),
        policy=policy,
        ratio=ratio,
        count=count,
        factor=factor,
        after=after,
        relief_station=np.array([stations.index(r.station) if r else -1 for r in reliefs], np.int64),
        relief_above=np.array([r.above if r else 0 for r in reliefs], np.int64),
        relief_below=np.array([r.below if r else 0 for r in reliefs], np.int64),
        relief_factor=np.array([r.factor if r else 1.0 for r in reliefs], np.float64),
        full_station=np.array([stations.index(name) if name else -1 for name in places], np.int64),
    )


def _count_of(sampling: Sampling) -> int:
    if isinstance(sampling, Systematic):
        return sampling.every
    if isinstance(sampling, SkipLot):
        return sampling.clean
    return sampling.per_hour if isinstance(sampling, Quota) else 0
