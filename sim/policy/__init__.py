"""Whom to inspect: the sampling policies as pure state machines, and what a risk score is worth.

Knows nothing but numbers: no scenario, no network, no engine. Every machine belongs to one selection rule and one
vehicle class. Doors: `make_policies`, `true_positive_share`, `Relief`.
"""

from .build import make_policies
from .exemption import Exemption
from .policy import Policy, PolicyKind
from .quota import Quota
from .ratio import Ratio
from .relief import Relief
from .risk import true_positive_share
from .skip_lot import SkipLot
from .systematic import Systematic

__all__ = [
    "Exemption",
    "Policy",
    "PolicyKind",
    "Quota",
    "Ratio",
    "Relief",
    "SkipLot",
    "Systematic",
    "make_policies",
    "true_positive_share",
]
