"""Policies of line 1 under stress: the inbound side of the fog with the officers of 2016."""

from typing import NamedTuple

from sim import load_scenario
from sim.scenario import Scenario


class StressPolicy(NamedTuple):
    """One policy: what it is called and which settings make it."""

    name: str
    zh: str
    en: str
    settings: tuple[str, ...]


RELIEF = "+checkpoint.line1.relief={station:look,above:10,below:3,factor:0.1}"
POLICIES = (
    StressPolicy("none", "不抽查", "nobody", ("sampling.line1.car=0.0",)),
    StressPolicy("half", "固定 50%", "fixed 50 %", ("sampling.line1.car=0.5",)),
    StressPolicy("half_relief", "固定 50%，排队时减为一成", "fixed 50 %, a tenth in queues", ("sampling.line1.car=0.5", RELIEF)),
    StressPolicy("systematic", "每两辆查一辆", "every second", ("sampling.line1.car={rule:systematic,every:2}",)),
    StressPolicy(
        "risk", "评分最高的三成全查，其余三成", "top 30 % of a score, 30 % of the others",
        ("sampling.line1.car={rule:risk,top_share:0.3,d_prime:1.0,ratio:0.3}",),
    ),
    StressPolicy(
        "skip_lot", "连续 20 辆无异常后查三成", "all until 20 clean in a row, then 30 %",
        ("sampling.line1.car={rule:skip_lot,clean:20,ratio:0.3}",),
    ),
    StressPolicy("quota", "每小时限 60 辆", "quota 60 an hour", ("sampling.line1.car={rule:quota,per_hour:60}",)),
    StressPolicy("relief", "全查，排队时减为一成", "all, a tenth in queues", ("sampling.line1.car=1.0", RELIEF)),
    StressPolicy("all", "全查", "all", ("sampling.line1.car=1.0",)),
)  # fmt: skip
REPLICATIONS = 40


def stress_scenario(policy: StressPolicy) -> Scenario:
    """Compose the scenario of a policy: ten days from 15 February."""
    groups = ("checkpoint=special_duty_2016", "staffing=fog_duty_2018", "sampling=line1_ratio", "run.days=10.0")
    return load_scenario("fog_2018_02", *groups, *policy.settings)
