"""Which points a study asks about: from a design to settings, and from settings to validated scenarios.

Knows nothing of files of results or of executors. Doors: `points_of`, `validate_points`.
"""

from .expand import points_of
from .point import Point
from .validate import Family, Ready, Shown, Source, change_mapping, validate_points

__all__ = ["Family", "Point", "Ready", "Shown", "Source", "change_mapping", "points_of", "validate_points"]
