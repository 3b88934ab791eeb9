"""Units of the engine: integer ticks of one millisecond, integer centimetres of lane.

Scenario fields and figures carry their unit in the name (`_s`, `_min`, `_m`); inside `network`, `workload`,
`engine` and `record` every instant is an int64 tick and every length an int64 centimetre, so that sums are exact.
"""

TICKS_PER_SECOND = 1000
TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND
TICKS_PER_HOUR = 60 * TICKS_PER_MINUTE
TICKS_PER_DAY = 24 * TICKS_PER_HOUR
CENTIMETRES_PER_METRE = 100

NEVER = -1
"""Tick of something that has not happened; also the index that means `none`."""


def ticks_from_seconds(seconds: float) -> int:
    """Round a span or an instant in seconds to ticks."""
    return round(seconds * TICKS_PER_SECOND)


def ticks_from_minutes(minutes: float) -> int:
    """Round a span or an instant in minutes to ticks."""
    return round(minutes * TICKS_PER_MINUTE)


def ticks_from_hours(hours: float) -> int:
    """Round a span or an instant in hours to ticks."""
    return round(hours * TICKS_PER_HOUR)


def centimetres_from_metres(metres: float) -> int:
    """Round a length in metres to centimetres."""
    return round(metres * CENTIMETRES_PER_METRE)
