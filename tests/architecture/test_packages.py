"""What is installed is what is there."""

import tomllib

from .source import ROOT


def test_every_package_is_installed():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    code = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "sim").rglob("__init__.py")}
    assert {*settings["packages"]} == code | {*settings["package-dir"]}
