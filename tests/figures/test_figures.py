"""Every figure draws in both languages, within its page, without overlapping words; equal input gives equal bytes."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.figures import FIGURES, draw_figures, save_figure
from sim.figures.font import house_style
from sim.figures.strait_map import route_flows
from sim.figures.wording import LANGUAGES, Texts
from sim.study import Result

GIVEN = {
    "mmc": {"arrivals", "queues", "waits"},
    "tandem_blocking": {"arrivals", "queues", "waits"},
    "priority": {"arrivals", "queues", "waits"},
    "bulk_ferry": {"arrivals", "queues", "waits", "ships"},
}


def words_of(page: Figure) -> list[tuple[str, tuple[float, ...]]]:
    """Every text that is drawn, and its box in pixels."""
    with house_style():
        page.canvas.draw()
        hidden = {id(text) for axes in page.axes for axis in (axes.xaxis, axes.yaxis) for text in undrawn(axes, axis)}
        texts = [t for t in page.findobj(Text) if t.get_visible() and t.get_text().strip() and id(t) not in hidden]
        return [(text.get_text(), tuple(map(float, text.get_window_extent().extents))) for text in texts]


def undrawn(axes: Axes, axis: Axis) -> list[Text]:
    """Tick labels that matplotlib holds but does not draw: out of view, or of axes without frame."""
    low, high = sorted(axis.get_view_interval())
    ticks = axis.get_major_ticks()
    return [tick.label1 for tick in ticks if not (axes.axison and low - 1e-9 <= tick.get_loc() <= high + 1e-9)]


def assert_legible(page: Figure) -> None:
    """No word leaves the page, none lies on another."""
    words = words_of(page)
    width, height = page.bbox.width, page.bbox.height
    cut = [text for text, (x0, y0, x1, y1) in words if x0 < 0 or y0 < 0 or x1 > width or y1 > height]
    assert cut == []
    inner = [(text, (x0 + 1, y0 + 1.5, x1 - 1, y1 - 1.5)) for text, (x0, y0, x1, y1) in words]
    clash = [
        (a, b)
        for (a, p), (b, q) in combinations(inner, 2)
        if min(p[2], q[2]) > max(p[0], q[0]) and min(p[3], q[3]) > max(p[1], q[1])
    ]
    assert clash == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_strait_figures_are_legible(pages: dict[str, dict[str, Figure]], name: str, language: str) -> None:
    assert_legible(pages[language][name])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", GIVEN)
def test_given_networks_get_the_figures_that_apply(given: dict[str, Result], name: str, language: str) -> None:
    pages = given[name].figures(language)
    assert set(pages) == GIVEN[name]
    for page in pages.values():
        assert_legible(page)


def text_of(page: Figure) -> str:
    return "\n".join(text.get_text() for text in page.texts)


def without_intervals(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(low=np.nan, high=np.nan, n=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_replication_has_no_intervals(given: dict[str, Result], language: str) -> None:
    result = given["tandem_blocking"]
    frames = without_intervals(result.metrics), without_intervals(result.profile)
    for page in draw_figures(*frames, result.network, language).values():
        assert_legible(page)
        assert {"zh": "仅 1 次重复", "en": "One replication only"}[language] in text_of(page)


def test_captions_state_replications_and_level(given: dict[str, Result]) -> None:
    result = given["mmc"]
    for page in draw_figures(result.metrics, result.profile, result.network, "en", None, 0.9).values():
        assert "2 replications" in text_of(page)
        assert "90 %" in text_of(page)


def test_a_result_states_its_own_level_and_name(given: dict[str, Result]) -> None:
    page = given["mmc"].figures("en")["waits"]
    assert "95 %" in text_of(page)
    assert given["mmc"].scenario.title.en in text_of(page)


@pytest.mark.parametrize(
    ("figure", "metrics"),
    [
        ("ships", ("load_factor", "vehicles_per_sailing", "sailings")),
        ("interception", ("expected_interception", "realised_interception")),
        ("waits", ("wait", "yard_dwell", "inspection_delay", "crossing_time", "time_in_system")),
        ("queues", ("queue_length",)),
    ],
)
def test_figures_without_data_are_left_out(strait: Result, figure: str, metrics: tuple[str, ...]) -> None:
    frames = (frame[~frame["metric"].isin(metrics)] for frame in (strait.metrics, strait.profile))
    with house_style():
        assert FIGURES[figure](*frames, strait.network, Texts("en")) is None


def test_interception_without_carriers_shows_what_was_expected(strait: Result) -> None:
    metrics = strait.metrics.copy()
    metrics.loc[metrics["metric"] == "realised_interception", ["value", "low", "high"]] = np.nan
    with house_style():
        page = FIGURES["interception"](metrics, strait.profile, strait.network, Texts("en"))
    assert page is not None
    assert [text.get_text() for text in page.legends[0].get_texts()] == ["Expected"]


def test_carriers_of_the_uninspected_direction_do_not_count(
    strait: Result, pages: dict[str, dict[str, Figure]]
) -> None:
    rows = strait.metrics.query("metric == 'carriers' and port == 'all' and `class` == 'all'").set_index("direction")
    number = rows["value"] * 0.25 * strait.replications
    assert number["outbound"] > 0
    assert f"the {number['inbound']:,.0f} carriers" in text_of(pages["en"]["interception"])


def test_drawn_values_are_those_of_the_frame(strait: Result, pages: dict[str, dict[str, Figure]]) -> None:
    page = pages["en"]["interception"]
    rows = strait.metrics.query("metric == 'expected_interception' and direction == 'all' and port == 'all'")
    whole = rows.query("line == 'all'").set_index("class")["value"] * 100
    drawn = page.axes[-1].containers[0].lines[0].get_xdata()
    assert sorted(drawn) == pytest.approx(sorted(whole))


def test_lines_that_see_one_class_share_a_panel(strait: Result, pages: dict[str, dict[str, Figure]]) -> None:
    rows = strait.metrics.query("metric == 'expected_interception' and direction == 'all' and port == 'all'")
    lines = rows.query("line != 'all'")
    found = lines.query("`class` != 'all' and value > 0").groupby("line")["value"].agg(["size", "sum"])
    found = found.reindex(lines["line"].unique(), fill_value=0.0)  # some lines have seen nobody yet
    single = found.loc[found["size"] <= 1, "sum"] * 100
    assert (single > 0).sum() > 2
    panels = {axes.get_title("left"): axes for axes in pages["en"]["interception"].axes}
    drawn = panels["Lines that see one class only"].containers[0].lines[0].get_xdata()
    assert sorted(drawn) == pytest.approx(sorted(single))
    assert len(panels) == len(found) - len(single) + 2  # and all lines together


def test_flows_share_out_the_arrivals_of_an_origin(strait: Result) -> None:
    flows = route_flows(strait.metrics, strait.network)
    seen = strait.metrics.query(
        "metric == 'arrivals' and `class` == 'all' and port == 'haian' and direction == 'inbound'"
    )
    shared = {route[2]: flow for route, flow in flows.items() if route[:2] == ("inbound", "haian")}
    assert set(shared) == {"xinhai", "xiuying"}
    assert sum(shared.values()) == pytest.approx(seen["value"].item())
    assert shared["xinhai"] > shared["xiuying"] > 0


def test_equal_input_gives_equal_bytes(given: dict[str, Result], tmp_path: Path) -> None:
    result = given["bulk_ferry"]
    for number in (1, 2):
        save_figure(result.figures("zh")["ships"], tmp_path / f"ships_v1.{number}")
    for ending in ("png", "svg"):
        one, two = ((tmp_path / f"ships_v1.{number}.{ending}").read_bytes() for number in (1, 2))
        assert one == two
        assert len(one) > 10_000
    assert b"dc:date" not in (tmp_path / "ships_v1.1.svg").read_bytes()


def test_unknown_language_is_refused(given: dict[str, Result]) -> None:
    with pytest.raises(ValueError, match="language must be one of"):
        given["mmc"].figures("fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_where_nobody_waited_are_named_below(strait: Result, language: str) -> None:
    """Nobody at the gates and the coast, somebody elsewhere: their panels are a line of the caption."""
    metrics = strait.metrics.copy()
    idle = (metrics["metric"] == "wait") & metrics["line"].isin(["gate", "coast"])
    metrics.loc[idle & metrics["value"].notna(), ["value", "low", "high"]] = 0.0
    texts = Texts(language)
    with house_style():
        page = FIGURES["waits"](metrics, strait.profile, strait.network, texts)
    assert page is not None
    assert_legible(page)
    quiet = [texts.place(strait.network, name) for name in ("gate", "coast")]
    titles = [axes.get_title() for axes in page.axes]
    assert not {texts("panel_wait", place=name) for name in quiet} & set(titles)
    assert texts("caption_nobody_waited", places=texts.together(quiet)) in text_of(page)
    assert len(titles) > 6


def test_there_are_no_waits_where_nobody_waited_at_all(strait: Result) -> None:
    metrics = strait.metrics.copy()
    metrics.loc[metrics["value"].notna(), ["value", "low", "high"]] = 0.0
    with house_style():
        assert FIGURES["waits"](metrics, strait.profile, strait.network, Texts("en")) is None
