"""Interrupts inside a calm stretch: noted, raised where it is safe, never lost."""

import signal

import pytest

from sim.study.interrupt import calm_interrupts

went_on: list[str] = []


def press_inside(*, asks: bool = False, fails: bool = False) -> None:
    went_on.clear()
    with calm_interrupts() as raise_if_pressed:
        raise_if_pressed()
        signal.raise_signal(signal.SIGINT)
        if asks:
            raise_if_pressed()
        if fails:
            raise ValueError("mine")
        went_on.append("went on")


def test_an_interrupt_that_nobody_asked_for_is_raised_at_the_end() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        press_inside()
    assert went_on == ["went on"]
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_is_raised_where_it_is_asked_for() -> None:
    with pytest.raises(KeyboardInterrupt):
        press_inside(asks=True)
    assert went_on == []


def test_an_error_inside_is_not_hidden_by_an_interrupt() -> None:
    with pytest.raises(ValueError, match="mine"):
        press_inside(fails=True)
