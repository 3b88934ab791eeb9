"""The one module that prints: tables and lines on stdout, faults and progress on stderr."""

import io
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from unicodedata import east_asian_width


def prepare_streams() -> None:
    """Make stdout and stderr take any text: a letter they lack becomes `?`, one that is closed leads nowhere."""
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(handle, True)  # or a file of results would get the number of a closed stream
    os.close(handle)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8", write_through=True))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str = "") -> None:
    """Print a line of the answer."""
    sys.stdout.write(f"{text}\n")


def warn(text: object) -> None:
    """Print lines beside the answer: faults, and where things are; the exit code speaks where nobody listens."""
    with suppress(OSError):
        sys.stderr.write(f"{text}\n")


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> None:
    """Print columns side by side; `right` numbers the columns that are flush right."""
    table = [list(header), *(list(row) for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    for number, row in enumerate(table):
        cells = [_pad(text, widths[c], c in right) for c, text in enumerate(row)]
        say("  ".join(cells).rstrip())
        if number == 0:
            say("  ".join("-" * width for width in widths))


def _width(text: str) -> int:
    """Columns that a text takes in a terminal; a Chinese character takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _pad(text: str, width: int, is_right: bool) -> str:
    blank = " " * (width - _width(text))
    return blank + text if is_right else text + blank


def count_of(number: int, thing: str) -> str:
    """Write how many of something there are, in English: `1 replication`, `2 replications`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def plain_number(value: float) -> str:
    """Write a number with about three significant digits, thousands separated."""
    size = abs(value)
    if size == 0:
        return "0"
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f}"


def shown_path(path: Path) -> str:
    """Write a path as short as it can be reached from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
