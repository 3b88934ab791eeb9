"""Ctrl-C at a chosen place: the locks of a process pool do not survive an exception in their midst."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def calm_interrupts() -> Iterator[Callable[[], None]]:
    """Note interrupts instead of raising them at once; the second one is raised where it comes.

    Only signals that Python code handles already are noted, and only in the main thread. One that was noted and not
    raised inside is raised at the end.

    Yields
    ------
    callable
        Raises KeyboardInterrupt if a signal has come.
    """
    pressed: list[int] = []

    def raise_if_pressed() -> None:
        if pressed:
            raise KeyboardInterrupt

    def note(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        before = handlers[signal.Signals(number)]
        if len(pressed) > 1 and callable(before):
            before(number, frame)

    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    is_main = threading.current_thread() is threading.main_thread()
    noted = [number for number in _SIGNALS if is_main and callable(handlers[number])]
    for number in noted:
        signal.signal(number, note)
    try:
        yield raise_if_pressed
    finally:
        for number in noted:
            signal.signal(number, handlers[number])
    raise_if_pressed()
