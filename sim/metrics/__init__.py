"""What it means: queueing, throughput, inspection, interception and cost, with intervals over replications.

Knows records, not files or figures. Doors: `reduce_replication` (one replication to sums), `summarise` (all
replications to tidy tables), `paired_difference`, `theta_from_sums`, `theta_by_level`,
`line_detection` (detection, levels and prevalence changed after the run). The metrics are listed in
`sim.metrics.catalogue`.
"""

from .displacement_frame import channel_rates, displacement_frame
from .interception import line_detection, theta_by_level, theta_from_sums
from .reduce import reduce_pieces, reduce_replication
from .report import interception_report
from .summary import Summary, paired_difference, summarise
from .tally import Reduction, reduction_from_frame
from .weekly import weekly_frame

__all__ = [
    "Reduction",
    "Summary",
    "channel_rates",
    "displacement_frame",
    "interception_report",
    "line_detection",
    "paired_difference",
    "reduce_pieces",
    "reduce_replication",
    "reduction_from_frame",
    "summarise",
    "theta_by_level",
    "theta_from_sums",
    "weekly_frame",
]
