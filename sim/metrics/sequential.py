"""How many replications are enough: sequential precision with a number that all design points share."""

import math


def is_met(value: float, half_width: float, absolute: float | None, relative: float | None) -> bool:
    """Tell whether a figure is exact enough.

    Parameters
    ----------
    value, half_width : float
        Of its interval.
    absolute : float or None
        Largest half-width, in the figure's unit.
    relative : float or None
        Largest relative error, in (0, 1).

    Returns
    -------
    bool
        Whether either bound is met. NaN meets none.

    Notes
    -----
    A relative error of r about the unknown mean needs a half-width of at most r / (1 + r) of the estimate (Law 2015,
    Simulation Modeling and Analysis, 9.4.1). A figure near 0 never meets a relative bound: give an absolute one too.
    """
    if math.isnan(value) or math.isnan(half_width):
        return False
    if absolute is not None and half_width <= absolute:
        return True
    return relative is not None and half_width <= relative / (1 + relative) * abs(value)
