"""From the command line to a command and an exit code.

0 done · 1 a failure of the model or the machine · 2 bad input · 3 some design points failed · 130 interrupted.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import NoReturn

from sim.errors import Fault, ScenarioError, StraitError

from .terminal import prepare_streams, say, warn

COMMANDS = ("run", "sweep", "status", "verify", "check", "compare", "plans", "gains", "report", "version", "help")
"""Each has a module of this name (or an entry there) with a function `main(arguments)`."""

_MODULES = {
    "run": ".run", "sweep": ".sweep", "status": ".status", "verify": ".status", "check": ".check",
    "compare": ".compare", "plans": ".plans", "gains": ".gains",
    "report": ".report",
    "version": ".manual", "help": ".manual",
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command of `strait`.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default the process's own, without its name.

    Returns
    -------
    int
        Exit code.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    # One thread for linear algebra, before numpy is imported: sums are then the same on every machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    prepare_streams()
    with _terminated_like_interrupted():
        return _exit_code(given)


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Treat a request to end (SIGTERM) like Ctrl-C: what is finished is kept."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _exit_code(given: list[str]) -> int:
    """Run a command and turn what goes wrong into lines on stderr and a code."""
    try:
        code = _dispatch(given)
        sys.stdout.flush()
    except ScenarioError as error:
        warn(error)
        return 2
    except BrokenPipeError:
        _forget_stdout()
        return 1
    except (StraitError, OSError, MemoryError) as error:
        warn(_one_line(error))
        return 1
    except KeyboardInterrupt:
        warn("interrupted")
        return 130
    return code


def _dispatch(given: list[str]) -> int:
    command, rest = (given[0], given[1:]) if given else ("help", [])
    if command in {"-h", "--help"}:
        command = "help"
    if command == "--version":
        command = "version"
    if command in {"-sc", "--shell-completion"}:
        return _call(".completion", "main", rest)
    if command in COMMANDS:
        return _call(_MODULES[command], f"{command}_main", rest)
    from sim.scenario.faults import nearest  # noqa: PLC0415 - only a mistake needs it

    raise ScenarioError(Fault("command", f"must be one of {', '.join(COMMANDS)}{nearest(command, COMMANDS)}", command))


def _call(module: str, name: str, arguments: list[str]) -> int:
    """Import a command only when it is asked for: Hydra and pandas take longer than some commands do."""
    function: Callable[[list[str]], int | None] = getattr(import_module(module, __package__), name)
    return function(arguments) or 0


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _forget_stdout() -> None:
    """Whoever read the output has left: write the rest nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _one_line(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "out of memory: fewer run.workers or a shorter run.days need less"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return " ".join(str(error).split())


__all__ = ["COMMANDS", "main", "say"]
