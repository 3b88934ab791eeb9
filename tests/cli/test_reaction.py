"""How carriers react, as a planner sees it: with every run of all channels, and between plans."""

from pathlib import Path

import pandas as pd
import pytest

from sim import load_scenario, simulate
from sim.cli import main
from sim.cli.displacement import print_reaction
from sim.metrics import channel_rates
from sim.study.plans import by_defence_line, displacement_of, read_plan

SHORT = (
    "run.days=0.4",
    "run.lead_in_h=0",
    "run.lead_out_h=8",
    "run.replications=2",
    "run.workers=1",
    "run.figures=false",
)
MORE = ("sampling.parcel_hub.parcel_batch=1.0", "sampling.parcel_receiver.parcel_batch=1.0")


def test_rates_of_channels_are_those_of_the_report() -> None:
    result = simulate(load_scenario("march_2018", *SHORT))
    world = result.scenario.world
    assert world is not None
    assert world.threat.adaptation is not None
    rates = channel_rates(world.threat.adaptation, result.reductions)
    report = result.interception.query("figure == 'expected_interception' and line == 'all' and level == 'all'")
    by_class = report.set_index("class")["value"]
    assert rates["boat"].mean() == pytest.approx(by_class["small_craft"])
    assert rates["parcel"].mean() == pytest.approx(by_class["parcel_batch"])
    low, high = sorted([by_class["container"], by_class["container_truck"]])
    assert low < rates["container"].mean() < high
    frame = result.displacement
    assert frame.query("quantity == 'rate' and eta == 0").set_index("channel")["value"].to_dict() == pytest.approx(
        rates.mean().to_dict()
    )
    leak = frame.query("quantity == 'leak'")["value"]
    shares = world.threat.adaptation.share
    assert leak.tolist() == pytest.approx([sum(shares[c] * (1 - rates[c].mean()) for c in shares)] * 3)


def test_a_channel_without_units_leaves_the_reaction_out(capsys: pytest.CaptureFixture[str]) -> None:
    result = simulate(load_scenario("march_2018", *SHORT, "channel.coast.per_day=0"), replications=1)
    assert result.displacement.empty
    print_reaction(result.displacement, {}, "en")
    assert "a channel had no unit" in capsys.readouterr().out


def test_run_and_plans_print_and_keep_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", *SHORT, "hydra.run.dir=a"]) == 0
    out = capsys.readouterr().out
    assert "reaction of carriers" in out
    assert "10.0% are given up" in out
    assert main(["run", *SHORT, *MORE, "run.language=zh", "hydra.run.dir=b"]) == 0
    assert "对方的调整" in capsys.readouterr().out
    assert main(["plans", "a", "b", "--output", "out"]) == 0
    assert "more than the least, points, η = 10" in capsys.readouterr().out
    frame = pd.read_csv("out/displacement.csv")
    assert Path("out/displacement.png").exists()
    assert set(frame["quantity"]) == {"leak", "attempts", "regret", "rate", "share", "benefit", "backfires"}
    plans = [read_plan(Path(name), {**_config(name)}) for name in ("a", "b")]
    parts = pd.concat(
        [plan.metrics.assign(plan=name) for plan, name in zip(plans, "ab", strict=True)], ignore_index=True
    )
    lines = by_defence_line(parts, plans).query(
        "metric == 'expected_interception' and `class` == 'all' and plan == 'a'"
    )
    total = lines.query("line == 'all' and direction == 'all' and port == 'all'")["value"].item()
    some = lines.query("line != 'all' and direction == 'all' and port == 'all'").set_index("line")["value"]
    assert set(some.index) == {"line1", "line2", "line3"}
    assert some.sum() == pytest.approx(total)
    assert displacement_of([plans[0]], ["a"])["plan"].unique().tolist() == ["a"]


def _config(name: str) -> dict[str, object]:
    from yaml import safe_load

    return dict(safe_load(Path(name, "config.yaml").read_text(encoding="utf-8")))


def test_runs_that_are_not_paired_are_compared_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", *SHORT, "hydra.run.dir=a"]) == 0
    assert main(["run", *SHORT, "run.seed=8", "hydra.run.dir=b"]) == 0
    capsys.readouterr()
    assert main(["plans", "a", "b", "--output", "out"]) == 0
    assert "more than the least" not in capsys.readouterr().out
    assert not Path("out/displacement.csv").exists()
