"""Data flows one way: a room imports only from rooms to its left, and foreign packages stay behind their fences."""

import os
import subprocess
import sys

import pytest

from .source import COMMON, ROOMS, ROOT, imported, modules, room_of, shown, tree

FENCES = {
    "hydra": ("cli/",),
    "omegaconf": ("cli/",),
    "yaml": ("cli/", "study/", "report/"),
    "pydantic": ("scenario/",),
    "simpy": ("engine/reference/",),
    "numba": ("jit.py",),
    "llvmlite": ("jit.py",),
    "matplotlib": ("figures/",),
    "pandas": ("metrics/", "figures/", "study/", "report/", "cli/"),
    "pyarrow": ("study/", "report/"),
    "dask": ("study/executors/",),
    "distributed": ("study/executors/",),
    "tqdm": ("cli/", "study/"),
    "SALib": ("metrics/sensitivity.py",),
    "chinese_calendar": ("scenario/holidays.py",),
    "fontTools": ("figures/make_font.py", "report/font.py"),
    "jinja2": ("report/",),
    "markupsafe": ("report/",),
}
"""Foreign package to the places that may import it."""
EVERYWHERE = {"numpy", "scipy"}


def test_there_are_no_rooms_but_those_listed():
    found = {room_of(path) for path in modules()}
    assert found - {"__init__", "__main__", *COMMON} == set(ROOMS)


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_a_room_imports_only_from_its_left(path):
    room = room_of(path)
    # The package's own front page and `python -m sim` stand right of all rooms.
    left = ROOMS[: ROOMS.index(room)] if room in ROOMS else ROOMS if room.startswith("__") else ()
    for node, name in imported(path):
        parts = name.split(".")
        if parts[0] == "sim" and len(parts) > 1 and parts[1] != room:
            assert parts[1] in (*left, *COMMON), f"{shown(path)}:{node.lineno} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_foreign_packages_stay_behind_their_fences(path):
    place = path.relative_to(ROOT / "sim").as_posix()
    for node, name in imported(path, with_types=False):
        package = name.split(".")[0]
        if package == "sim" or package in sys.stdlib_module_names or package in EVERYWHERE:
            continue
        assert package in FENCES, f"{shown(path)}:{node.lineno} imports {package}, which has no fence"
        assert place.startswith(FENCES[package]), f"{shown(path)}:{node.lineno} imports {package}"


@pytest.mark.parametrize(
    ("room", "line"),
    [("network", "from sim.engine import run_engine"), ("workload", "import pandas"), ("record", "from ..engine import x")],
)  # fmt: skip
def test_the_walk_sees_a_forbidden_import(tmp_path, monkeypatch, room, line):
    folder = tmp_path / "sim" / room
    folder.mkdir(parents=True)
    (folder / "bad.py").write_text(f"def later():\n    {line}\n", "utf-8")
    monkeypatch.setattr("tests.architecture.source.PACKAGE", tmp_path / "sim")
    names = [name for _, name in imported(folder / "bad.py")]
    assert names in (["sim.engine"], ["pandas"])


def test_no_star_imports():
    for path in modules():
        for node, _ in imported(path):
            assert "*" not in [alias.name for alias in node.names], f"{shown(path)}:{node.lineno}"
        assert tree(path)


def in_fresh_python(code: str) -> str:
    """Run code in a new interpreter from another folder and return what it printed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV"))}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, cwd="/", timeout=60
    )
    assert done.stderr == ""
    return done.stdout


def test_import_is_silent():
    assert in_fresh_python("import sim") == ""


def test_import_is_light():
    loaded = in_fresh_python("import sys, sim; print(*sorted(m.split('.')[0] for m in sys.modules))").split()
    assert not {"pandas", "matplotlib", "hydra", "omegaconf", "scipy", "simpy", "pydantic"} & set(loaded)


def test_importing_the_model_loads_no_figures_and_no_tables():
    loaded = in_fresh_python("import sys, sim.engine; print(*sorted(m.split('.')[0] for m in sys.modules))").split()
    assert not {"pandas", "matplotlib", "hydra", "omegaconf", "numba"} & set(loaded)
