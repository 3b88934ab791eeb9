"""What `strait check` says: settings by their keys in English, since overrides use them; by their titles in Chinese."""

from collections.abc import Iterable, Mapping

from sim.network import Network, StepKind
from sim.scenario import Scenario

from .names import word

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "direction": "direction", "from": "from", "all": "all",
        "arrivals": "Arrivals per day", "stations": "Stations", "ferries": "Ferries", "routes": "Routes",
        "station": "station", "servers": "servers", "limit": "queue limit", "load": "offered load", "of it": "of it",
        "shift": "{n} from {hour}", "kind": "{n} {kind}", "ferry": "ferry", "ships": "ships",
        "deck": "lane-metres", "departure": "departure", "crossing": "crossing min",
        "loading": "berths loading", "of": "{n} of {all}",
        "rolling": "when full, or {minutes} min after loading began", "listed": "{n} listed departures",
        "listed_one": "1 listed departure", "at_once": "at once, empty",
        "streams": "streams", "steps": "steps", "more": "... and {n} more", "valid": "valid",
        "serve": "serve", "select": "select", "board": "board", "travel": "travel",
    },
    "zh": {
        "direction": "方向", "from": "起点", "all": "合计",
        "arrivals": "每日到达", "stations": "各环节", "ferries": "渡运航线", "routes": "通行路线",
        "station": "环节", "servers": "通道、岗位或设备数", "limit": "排队上限", "load": "负荷", "of it": "其中",
        "shift": "{hour} 起 {n}", "kind": "{kind} {n} 艘", "ferry": "航线", "ships": "船舶",
        "deck": "车道米", "departure": "离港规则", "crossing": "航行时间（分钟）",
        "loading": "装船泊位", "of": "{n} 个（共 {all} 个）",
        "rolling": "装满即走，或开始装船后 {minutes} 分钟", "listed": "{n} 个定点航次",
        "listed_one": "1 个定点航次", "at_once": "随到随走，空驶",
        "streams": "车流数", "steps": "步骤", "more": "……另有 {n} 条", "valid": "有效",
        "serve": "", "select": "抽检：", "board": "上船：", "travel": "驶向：",
    },
}  # fmt: skip


class Words:
    """The words of one scenario in the language that it speaks."""

    def __init__(self, network: Network, scenario: Scenario) -> None:
        self.network = network
        self.language: str = scenario.run.language
        self.is_chinese = self.language == "zh"
        fleet = scenario.world.fleet if scenario.world is not None else {}
        self.ships = {name: ship.title_zh for name, ship in fleet.items() if ship.title_zh} if self.is_chinese else {}

    def __call__(self, key: str, **values: object) -> str:
        """Look a text up and fill its placeholders."""
        return _WORDS[self.language][key].format(**values)

    def departures(self, number: int) -> str:
        """Say how many departures are listed."""
        return self("listed_one") if number == 1 else self("listed", n=number)

    def listed(self, parts: Iterable[str]) -> str:
        """List things side by side."""
        return word("list", self.language).join(parts)

    def vehicle_class(self, number: int) -> str:
        """Name a class."""
        titles = self.network.class_title.get(self.language, ())
        name = self.network.class_name[number]
        return (titles[number] if self.is_chinese and titles else "") or name

    def direction(self, name: str) -> str:
        """Name a direction or channel."""
        if not self.is_chinese:
            return name
        return self.network.channel_title["zh"].get(name) or {"none": "无"}.get(name) or word(name, "zh")

    def port(self, name: str) -> str:
        """Name a port or site."""
        return self._titled(self.network.port_title, name)

    def ship(self, kind: str) -> str:
        """Name a type of ships."""
        return self.ships.get(kind, kind)

    def ferry(self, service: str) -> str:
        """Name a service; in Chinese by its ports."""
        table = self.network.terminals
        ends = [self.network.ports.name[p] for p, s in zip(table.port, table.service, strict=True) if s == service]
        if not self.is_chinese or not all(self.network.port_title["zh"].get(end) for end in ends):
            return service
        return "—".join(self.port(end) for end in ends)

    def station(self, name: str) -> str:
        """Name a station: its port, place and kind."""
        port, slash, rest = name.partition("/")
        if not self.is_chinese:
            return name
        parts = [self.port(port), *rest.split("/")] if slash else [port]
        return " ".join(self._part(part) for part in parts)

    def step(self, kind: StepKind, name: str) -> str:
        """Name a step of a route."""
        said = self(kind.name.lower())
        if not self.is_chinese:
            return f"{said} {name}"
        if kind == StepKind.BOARD:
            return f"{said}{self.ferry(name)}"
        *places, last = name.split("/")
        if kind == StepKind.SERVE or not places:
            places.append(last)
        return said + " ".join(self._part(part) for part in places)

    def _part(self, name: str) -> str:
        from sim.figures.wording import Texts  # noqa: PLC0415 - brings matplotlib

        titled = self._titled(self.network.place_title, name)
        titled = self.port(name) if titled == name else titled
        return Texts("zh").station(name) if titled == name else titled

    def _titled(self, titles: Mapping[str, Mapping[str, str]], name: str) -> str:
        return (titles.get("zh", {}).get(name) if self.is_chinese else None) or name
