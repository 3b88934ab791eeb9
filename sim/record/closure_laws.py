"""The law of closures: every departure replayed port by port, from when each ship was ready to leave."""

from collections.abc import Iterator

from .ferry_laws import Ferries
from .finding import OPEN, Finding
from .quay import departures


def stopped_spans(ferries: Ferries, terminal: int, ship: int) -> list[tuple[int, int]]:
    """List the spans, in order, in which some closure stops a ship at a terminal; they do not overlap."""
    table = ferries.workload.closures
    rows = table.stops[:, terminal, ship]
    spans: list[tuple[int, int]] = []
    for start, end in sorted(zip(table.start_tick[rows].tolist(), table.end_tick[rows].tolist(), strict=True)):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def without(span: tuple[int, int], holes: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Cut spans, in order and apart from each other, out of a span."""
    begin, end = span
    for start, stop in holes:
        if stop > begin and start < end:
            if start > begin:
                yield begin, start
            begin = stop
    if begin < end:
        yield begin, end


def closure_findings(ferries: Ferries) -> Iterator[Finding]:
    """Yield every ship that is opened while stopped, or leaves at another tick than closures and slots allow."""
    for loading in ferries.loadings:
        spans = stopped_spans(ferries, loading.terminal, loading.ship) if loading.has_berth else ()
        if any(start <= loading.open < end for start, end in spans):
            yield ferries.finding("closure", loading, "began to load while a closure stopped it")
    for port in range(len(ferries.network.ports.name)):
        here = [x for x in ferries.loadings if ferries.network.terminals.port[x.terminal] == port]
        expected = departures(ferries, here)
        for loading in here:
            tick = expected.get(loading.number, OPEN)
            if loading.departure != tick:
                text = f"ready to leave at {loading.secured}, must leave at {tick}, left at {loading.departure}"
                yield ferries.finding("closure", loading, text)
