"""Laws of durations as plain figures."""

from sim.scenario.duration import Duration

Law = tuple[str, tuple[float, ...]]
"""Family and parameters in seconds."""


def law_of(duration: Duration) -> tuple[str, tuple[float, ...]]:
    """Turn a duration into its family and its parameters in seconds."""
    figures = duration.model_dump(exclude={"family", "csv"})
    values = figures["samples_s"] if duration.family == "empirical" else figures.values()
    return duration.family, tuple(float(value) for value in values)
