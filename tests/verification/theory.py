"""Closed forms and small exact chains; rates and times in any one unit of time.

Sources: Kleinrock (1975, 1976), Gross et al. (2008), Cobham (1954), Erlang (1909: M/D/1 distribution).
"""

import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse, stats
from scipy.sparse import linalg

Floats = NDArray[np.float64]


def erlang_b(servers: int, load: float) -> float:
    """Share of arrivals that find all servers of M/G/c/c busy."""
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Share of arrivals of M/M/c that wait."""
    blocked = erlang_b(servers, load)
    return servers * blocked / (servers - load * (1 - blocked))


def mean_wait(rate: float, service_rate: float, servers: int) -> float:
    """Mean wait in queue of M/M/c."""
    return erlang_c(servers, rate / service_rate) / (servers * service_rate - rate)


def share_waiting_longer(rate: float, service_rate: float, servers: int, wait: float) -> float:
    """P(wait > t) of M/M/c, first in first out."""
    return erlang_c(servers, rate / service_rate) * math.exp(-(servers * service_rate - rate) * wait)


def pollaczek_khinchine(rate: float, mean: float, cv: float) -> float:
    """Mean wait in queue of M/G/1."""
    return rate * mean**2 * (1 + cv**2) / (2 * (1 - rate * mean))


def share_waiting_at_most(rate: float, service: float, wait: float) -> float:
    """P(wait <= t) of M/D/1 (Erlang 1909)."""
    load = rate * service
    terms = [
        (-rate * (wait - k * service)) ** k / math.factorial(k) * math.exp(rate * (wait - k * service))
        for k in range(int(wait // service) + 1)
    ]
    return (1 - load) * math.fsum(terms)


def finite_room(rate: float, service_rate: float, servers: int, places: int) -> tuple[float, float, float]:
    """Share blocked, mean queue length and utilisation of M/M/c/K."""
    weights = np.cumprod([1.0, *(rate / (service_rate * min(n, servers)) for n in range(1, places + 1))])
    share = weights / weights.sum()
    units = np.arange(places + 1)
    queue = float(share @ np.maximum(units - servers, 0))
    return float(share[-1]), queue, float(share @ np.minimum(units, servers)) / servers


def renewal_arrivals(transform: Callable[[float], float], service_rate: float) -> tuple[float, float]:
    """P(wait > 0) and mean wait of GI/M/1, from the Laplace transform of the gaps."""
    root = optimize.brentq(lambda s: transform(service_rate * (1 - s)) - s, 1e-9, 1 - 1e-9, xtol=1e-14)
    return root, root / (service_rate * (1 - root))


def cobham(rates: Sequence[float], residual: float, loads: Sequence[float]) -> list[float]:
    """Mean waits by non-preemptive priority class; `residual` is the wait behind those in service."""
    sums = np.concatenate([[0.0], np.cumsum(loads)])
    return [residual / ((1 - sums[k]) * (1 - sums[k + 1])) for k in range(len(rates))]


def transient_queue(
    rates: Sequence[float], service_rate: float, servers: int, places: int = 300
) -> tuple[Floats, Floats, float]:
    """Mean queue and mean number at each full hour, and the integral of the queue, of an empty-started M(t)/M/c.

    Kolmogorov's forward equations by Runge-Kutta; `rates` are piecewise constant by hour; all per hour.
    """
    steps = 256
    units = np.arange(places + 1)
    down = service_rate * np.minimum(units, servers)
    waiting = np.maximum(units - servers, 0)
    state = np.zeros(places + 1)
    state[0] = 1.0
    means = [(0.0, 0.0)]
    total = 0.0
    for rate in rates:
        up = np.where(units < places, rate, 0.0)

        def slope(p: Floats, up: Floats = up) -> Floats:
            flow = -(up + down) * p
            flow[1:] += (up * p)[:-1]
            flow[:-1] += (down * p)[1:]
            return flow

        for _ in range(steps):
            a = slope(state)
            b = slope(state + a / (2 * steps))
            c = slope(state + b / (2 * steps))
            d = slope(state + c / steps)
            following = state + (a + 2 * b + 2 * c + d) / (6 * steps)
            total += float(waiting @ (state + following)) / (2 * steps)
            state = following
        means.append((float(waiting @ state), float(units @ state)))
    queue, number = np.array(means).T
    return queue, number, total


def ferry_left(arrivals: Sequence[float], places: Sequence[int], size: int = 600) -> list[Floats]:
    """Distributions of the units left behind by each sailing of a line that starts empty."""
    left = np.zeros(size)
    left[0] = 1.0
    history = []
    for mean, capacity in zip(arrivals, places, strict=True):
        waiting = np.convolve(left, stats.poisson.pmf(np.arange(size), mean))[:size]
        left = np.zeros(size)
        left[0] = waiting[: capacity + 1].sum()
        rest = waiting[capacity + 1 :]
        left[1 : 1 + len(rest)] = rest
        history.append(left)
    return history


@cache
def ferry_steady(rate: float, headway: float, capacity: int) -> dict[str, float]:
    """Steady state of a fixed-headway ferry: left behind, P(left), mean wait, share that misses the first."""
    mean = rate * headway
    left = ferry_left([mean] * 1500, [capacity] * 1500)[-1]
    units = np.arange(len(left))
    many = stats.poisson.pmf(units, mean)
    # E[min(A, R')] with R' = (R + A - K)+ of the same headway: min is A or R + A - K, both known from (R, A).
    misses = sum(
        many[a] * float(left @ np.minimum(a, np.maximum(units + a - capacity, 0))) for a in range(int(mean * 4))
    )
    behind = float(units @ left)
    return {
        "left": behind,
        "share_left": 1 - float(left[0]),
        "wait": behind / rate + headway / 2,
        "misses": misses / mean,
    }


@cache
def blocking_tandem(rate: float, first: float, second: float, buffer: int, places: int = 250) -> dict[str, float]:
    """M/M/1 -> buffer -> /M/1 with blocking after service: mean times from the chain's stationary vector.

    State (i, j): i units at the first station that are not blocked, j at the second, the blocked one included.
    """
    width = buffer + 3

    def number(i: int, j: int) -> int:
        return i * width + j

    rows, columns, values = [], [], []
    for i in range(places):
        for j in range(width):
            moves = [(rate, i + 1, j)] if i + 1 < places else []
            if i and j < width - 1:
                moves.append((first, i - 1, j + 1))
            if j:
                moves.append((second, i, j - 1))
            for speed, a, b in moves:
                rows += [number(a, b), number(i, j)]
                columns += [number(i, j)] * 2
                values += [speed, -speed]
    size = places * width
    matrix = sparse.lil_matrix(sparse.coo_matrix((values, (rows, columns)), (size, size)))
    matrix[0] = 1.0
    right = np.zeros(size)
    right[0] = 1.0
    share = linalg.spsolve(matrix.tocsc(), right).reshape(places, width)
    at_first, at_second = share.sum(axis=1), share.sum(axis=0)
    serving = share[1:, :-1].sum()
    return {
        "wait_first": (float(np.arange(places) @ at_first) - float(serving)) / rate,
        "blocked": float(at_second[-1]) / rate,
        "wait_second": float(at_second @ np.clip(np.arange(width) - 1, 0, buffer)) / rate,
    }
