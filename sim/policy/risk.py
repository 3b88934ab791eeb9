"""What a risk score is worth: the binormal receiver operating characteristic of equal variances.

Scores of innocents are standard normal, those of carriers normal with mean d' and variance 1 (Green and Swets 1966,
Signal Detection Theory and Psychophysics, ch. 3). The share t of innocents with the highest scores then holds the
share Φ(d' + Φ⁻¹(t)) of carriers. Inspecting those always and the rest with ratio r, a technique that detects with
probability d intercepts [TPR + (1 - TPR) r] d.
"""

from statistics import NormalDist


def true_positive_share(top_share: float, d_prime: float) -> float:
    """Share of carriers among those whose score is that of the top share of innocents.

    Parameters
    ----------
    top_share : float
        Share of innocents above the threshold, in [0, 1].
    d_prime : float
        Distance of the two means in standard deviations, at least 0.

    Returns
    -------
    float
        In [0, 1]; the top share itself at d' = 0.
    """
    if top_share in (0.0, 1.0):
        return top_share
    normal = NormalDist()
    return normal.cdf(d_prime + normal.inv_cdf(top_share))
