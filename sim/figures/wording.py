"""Words and numbers as planners read them: texts by language, names of things, rounded figures."""

import math
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from unicodedata import east_asian_width

from sim.network import Network

from .frame import ALL

LANGUAGES = ("zh", "en")
_FOLDER = Path(__file__).with_name("texts")


@cache
def catalogue(language: str) -> MappingProxyType[str, str]:
    """Read all texts of a language.

    Parameters
    ----------
    language : str
        One of `LANGUAGES`.

    Returns
    -------
    mapping
        Text by key; placeholders in braces.

    Raises
    ------
    ValueError
        If there is no such language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {LANGUAGES}; got {language!r}")
    return MappingProxyType(tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Texts:
    """The words of one set of figures."""

    language: str
    confidence: float = 0.95
    """Level of the intervals that the frames hold."""
    scenario: str = ""
    """Name of the scenario."""

    def __call__(self, key: str, **values: object) -> str:
        """Look a text up and fill its placeholders."""
        return per_cent_in(catalogue(self.language)[key].format(**values), self.language)

    @property
    def level(self) -> str:
        """Level of the intervals in per cent."""
        return per_cent_in(f"{100 * self.confidence:g} %", self.language)

    def known(self, key: str) -> str | None:
        """Look a text up that may not be there."""
        return catalogue(self.language).get(key)

    def sentences(self, *keys: str) -> str:
        """Join whole sentences; Chinese ones stand without a space between."""
        return self.joined([self(key) for key in keys])

    def listed(self, names: Sequence[str]) -> str:
        """List names, which may hold commas."""
        return ("；" if self.language == "zh" else "; ").join(names)

    def together(self, names: Sequence[str]) -> str:
        """List short names with commas between."""
        return ("、" if self.language == "zh" else ", ").join(names)

    def joined(self, sentences: Sequence[str]) -> str:
        """Join whole sentences that are written already."""
        return ("" if self.language == "zh" else " ").join(sentences)

    def direction(self, name: str) -> str:
        """Name of a direction."""
        return catalogue(self.language).get(f"direction_{name}", name)

    def station(self, name: str) -> str:
        """Name of a station: its last part where it is known, else as given."""
        last = name.rpartition("/")[2]
        return catalogue(self.language).get(f"station_{last}", last)

    def channel(self, name: str) -> str:
        """Name of a channel between which carriers choose."""
        return catalogue(self.language).get(f"channel_{name}", name)

    def unit(self, name: str) -> str:
        """Unit of a metric as it is written in this language."""
        return catalogue(self.language).get(f"unit_{name.replace('/', '_per_')}", name)

    def port(self, network: Network, name: str) -> str:
        """Name of a port."""
        return network.port_title.get(self.language, {}).get(name, name)

    def place(self, network: Network, name: str) -> str:
        """Name of a gate or line; elsewhere of the station that stands for it."""
        return network.place_title.get(self.language, {}).get(name) or self.station(name)

    def vehicle_class(self, network: Network, name: str) -> str:
        """Name of a vehicle class, or of all."""
        titles = dict(zip(network.class_name, network.class_title.get(self.language, ()), strict=False))
        if name == ALL or (len(titles) == 1 and not titles.get(name)):
            return self("all_classes")
        return titles.get(name) or name

    def percent(self, value: float) -> str:
        """Write a number of per cent as `percent` does, in the manner of the language."""
        return per_cent_in(percent(value), self.language)

    def intervals(self, key: str, n: int) -> str:
        """Say how many replications there are and what the intervals mean."""
        if n <= 1:
            return self("caption_single")
        return self(key, n=n, level=self.level)

    def intervals_of(self, key: str, counts: Sequence[int]) -> str:
        """Say the same of several runs, which may have different numbers of replications."""
        low, high = min(counts, default=0), max(counts, default=0)
        if low == high:
            return self.intervals(key, high)
        return self(key, n=f"{low}–{high}", level=self.level)

    def window(self, network: Network) -> str:
        """Say which window of time is shown."""
        hours = (network.window_end_tick - network.window_tick) / 3.6e6
        whole = hours >= 48
        length = self("length_days", days=f"{hours / 24:g}") if whole else self("length_hours", hours=f"{hours:g}")
        window = self("subtitle_window", start=network.start.strftime("%Y-%m-%d %H:%M"), length=length)
        return f"{self.scenario} · {window}" if self.scenario else window


_PIECE = re.compile(
    r"\s+"
    r"|(?:[^\s._\u2e80-\uffef]|[._](?=\d))+(?:[ \u00a0]%[,.;:)]*)?[._]?[）〉》」』】、，。；：？！]*"
    r"|[（〈《「『【]*.[）〉》」』】、，。；：？！]*"
)
"""What stays on one line: a blank, a word with the sign of per cent that follows it, a Chinese character, each with the
brackets and stops that may not begin or end a line."""


def wrap(text: str, columns: int) -> str:
    """Break a long name into lines of so many columns: at blanks, dots and between Chinese characters (two each).

    Parameters
    ----------
    text : str
        Lines that it has already stay apart.
    columns : int
        A word that is longer is cut.

    Returns
    -------
    str
        With line feeds.
    """
    return "\n".join(line for part in text.split("\n") for line in _lines(part, columns))


def _lines(text: str, columns: int) -> list[str]:
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        for part in [piece] if text_columns(piece.rstrip()) <= columns else piece:
            if line and text_columns((line + part).rstrip()) > columns:
                lines.append(line.rstrip())
                line = ""
            line += part if line else part.lstrip()
    return [*lines, line.rstrip()]


def wrap_evenly(text: str, columns: int) -> str:
    """Break a name into as few lines as `wrap` does, but of about the same length."""
    best = wrap(text, columns)
    for fewer in range(columns - 1, columns // 3, -1):
        tried = wrap(text, fewer)
        if tried.count("\n") > best.count("\n"):
            break
        best = tried
    return best


def pack(entries: Sequence[str], columns: int, between: str) -> list[str]:
    """Put entries into lines of so many columns, none broken unless it is longer than a line."""
    lines: list[str] = []
    for entry in entries:
        joined = f"{lines[-1]}{between}{entry}" if lines else entry
        if lines and text_columns(joined) <= columns:
            lines[-1] = joined
        else:
            lines += wrap(entry, columns).split("\n")
    return lines


def per_cent_in(text: str, language: str) -> str:
    """Write per cent as a language does: `95 %` in English, `95%` in Chinese."""
    return re.sub(r"(?<=\d) %", "%", text) if language == "zh" else text


def text_columns(text: str) -> int:
    """Columns that a text takes; a Chinese character takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def figure(value: float) -> str:
    """Round a number to what a reader needs: 12,345 · 345 · 34.5 · 3.5 · 0.35 · <0.01 · 0."""
    if 0 < value < 0.005:
        return "<0.01"
    if value >= 99.95 or value == 0:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"


def with_digits(value: float, low: float, high: float) -> tuple[str, str, str]:
    """Write an estimate and its interval with the same decimals: enough to see how wide the interval is, no more.

    One decimal where half the interval is below 10, none above, and as many as its first digit takes where it is below
    0.1; unknown bounds are question marks.
    """
    known = [number for number in (value, low, high) if math.isfinite(number)]
    half = (high - low) / 2
    if not (math.isfinite(half) and half > 0):
        words = [_minus(number, figure(abs(number))) if number in known else "?" for number in (value, low, high)]
    else:
        decimals = 0 if half >= 10 else min(4, max(1, -math.floor(math.log10(half))))
        words = [_minus(number, f"{abs(number):,.{decimals}f}") for number in (value, low, high)]
    return words[0], words[1], words[2]


def _minus(value: float, words: str) -> str:
    return f"−{words}" if value < 0 and words.strip("0.,") else words


def quoted(name: str) -> str:
    """Put a name into quotation marks if it holds stops of its own, so that it stands apart in a sentence."""
    return f"“{name}”" if any(stop in name for stop in ":：,，;；") else name


def percent(value: float) -> str:
    """Write a number of per cent: 95 % · 4.5 % · 0.12 %."""
    if value == 0 or value >= 9.95:
        return f"{value:.0f} %"
    return f"{value:.1f} %" if value >= 0.095 else f"{value:.2g} %"
