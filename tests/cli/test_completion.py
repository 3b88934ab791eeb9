"""What tab completion answers, shell aside (that is in test_process)."""

import pytest

from sim.cli import main


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("strait run run.language=", ["run.language=zh", "run.language=en"]),
        ("strait check run.seed=1 +run.language=z", ["+run.language=zh"]),
        ("strait gains run.figures=", ["run.figures=true", "run.figures=false"]),
        ("strait run vehicle.car.kind=t", ["vehicle.car.kind=truck"]),
        ("strait run network=mm", ["network=mmc"]),
    ],
)
def test_values_of_a_field_with_few(
    line: str, answer: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMP_LINE", line)
    assert main(["-sc", "query=bash"]) == 0
    assert capsys.readouterr().out.split() == answer


@pytest.mark.parametrize("command", [[], ["run"], ["check"]])
def test_the_flag_may_follow_a_command(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "-sc", "install=bash"]) == 0
    assert "hydra_bash_completion" in capsys.readouterr().out
    assert main([*command, "-sc"]) == 2
    assert capsys.readouterr().err.startswith("-sc must be install=SHELL or uninstall=SHELL")
