"""The compiled quantile of the normal law is scipy's, bit for bit."""

import platform

import numpy as np
import pytest
from scipy import special

from sim.workload import normal

pytestmark = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="scipy may fuse products with sums here, then it does it all"
)


def compiled(u):
    out = np.full(len(u), np.nan)
    normal._normals(u, out, normal._room())
    return out


def test_it_is_used_here():
    assert normal.is_exact()


@pytest.mark.parametrize("size", [0, 1, 7, 2_000_000])
def test_bits_are_those_of_scipy(size):
    u = np.random.default_rng(size).random(size)
    assert compiled(u).tobytes() == special.ndtri(u).tobytes()


def test_bits_are_those_of_scipy_at_the_ends():
    u = normal.sample()
    assert np.isneginf(compiled(np.zeros(1)))
    assert compiled(u).tobytes() == special.ndtri(u).tobytes()
    small = np.random.default_rng(1).random(200_000) * 2.0 ** np.random.default_rng(2).integers(-52, 0, 200_000)
    for tail in (small, 1 - small):
        assert compiled(tail[tail < 1]).tobytes() == special.ndtri(tail[tail < 1]).tobytes()


def test_scipy_does_it_where_a_bit_differs(monkeypatch):
    u, out, asked = np.random.default_rng(1).random(1000), np.zeros(1000), []
    ordinary = special.ndtri

    class Fused:
        @staticmethod
        def ndtri(u, out=None):
            asked.append(len(u))
            return np.nextafter(ordinary(u, out=out), np.inf, out=out)

    monkeypatch.setattr(normal, "special", Fused)
    normal.is_exact.cache_clear()
    try:
        assert not normal.is_exact()
        normal.normals(u, out)
    finally:
        normal.is_exact.cache_clear()
    assert asked == [len(normal.sample()), 1000]
    assert (out > compiled(u)).all()
