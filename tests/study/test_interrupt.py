"""Interrupts inside a calm stretch: noted, raised where it is safe, never lost."""

import signal

import pytest

from sim.study.interrupt import calm_interrupts


def test_an_interrupt_that_nobody_asked_for_is_raised_at_the_end() -> None:
    before, seen = signal.getsignal(signal.SIGINT), []
    with pytest.raises(KeyboardInterrupt), calm_interrupts():
        signal.raise_signal(signal.SIGINT)
        seen.append("went on")
    assert seen == ["went on"]
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_is_raised_where_it_is_asked_for() -> None:
    with pytest.raises(KeyboardInterrupt), calm_interrupts() as raise_if_pressed:
        raise_if_pressed()
        signal.raise_signal(signal.SIGINT)
        raise_if_pressed()
        pytest.fail("was not raised")


def test_an_error_inside_is_not_hidden_by_an_interrupt() -> None:
    with pytest.raises(ValueError, match="mine"), calm_interrupts():
        signal.raise_signal(signal.SIGINT)
        raise ValueError("mine")
