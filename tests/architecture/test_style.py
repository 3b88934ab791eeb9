"""Sizes, docstrings and words: the hard limits of the house style."""

import ast
import re
import subprocess

import pytest

from .source import ROOT, body_lines, functions, has_docstring, modules, shown, tree

BODY_LINES, MODULE_LINES, ARGUMENTS = 50, 500, 6
BODY_LINES_OF_NINE_IN_TEN = 25
VAGUE = re.compile(r"(^|_)(utils?|helpers?|manager|misc|common|process_data)($|_)")


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_sizes(path):
    lines = path.read_text("utf-8").count("\n")
    assert lines <= MODULE_LINES, f"{shown(path)} has {lines} lines"
    for node in functions(path):
        assert body_lines(node) <= BODY_LINES, f"{shown(path)}: {node.name} has {body_lines(node)} lines"
        named = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        given = [name for name in named if name not in {"self", "cls"}]
        assert len(given) <= ARGUMENTS, f"{shown(path)}: {node.name} takes {len(given)} arguments"


def test_nine_bodies_in_ten_are_short():
    sizes = sorted(body_lines(node) for path in modules() for node in functions(path))
    assert sizes[len(sizes) * 9 // 10] <= BODY_LINES_OF_NINE_IN_TEN
    assert sizes[len(sizes) // 2] <= 10


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_public_things_say_what_they_are(path):
    assert has_docstring(tree(path)), f"{shown(path)} has no docstring"
    for node in tree(path).body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name.startswith("_"):
            continue
        assert has_docstring(node), f"{shown(path)}: {node.name} has no docstring"
        for member in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(member, ast.FunctionDef) and not member.name.startswith("_"):
                assert has_docstring(member), f"{shown(path)}: {node.name}.{member.name} has no docstring"


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_names_say_something(path):
    names = [
        path.stem,
        *(node.name for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.ClassDef)),
    ]
    assert not [name for name in names if VAGUE.search(name)]


def project_files() -> list[str]:
    """List the files that are, or would be, under version control."""
    found = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if found.returncode:
        pytest.skip("not a clone")
    return [name for name in found.stdout.splitlines() if (ROOT / name).is_file()]


PRIVATE = re.compile(
    r"(?<![\w.])/(?:work|home|root|Users|mnt|scratch)/\w|[A-Z]:\\Users|--(?:extra-)?index-url\s|--find-links\s"
    r"|https?://[^\s/\"']*(?:artifactory|nexus|devpi|mirror|proxy|localhost|127\.0\.0\.1|10\.\d+\.\d+\.\d+)"
)


def test_no_file_names_a_machine():
    """No absolute path of a machine, no host of a package index: clones must not depend on where they were made."""
    names = project_files()
    assert names
    faults = []
    for name in names:
        try:
            text = (ROOT / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        faults += [f"{name}: {match.group()}" for match in PRIVATE.finditer(text)]
    assert not faults


@pytest.mark.parametrize(
    "text", ["see /" + "work/x", "/" + "home/ann/y", "--index" + "-url https", "http://pypi-" + "mirror.lan/simple"]
)
def test_the_search_for_machines_finds_one(text):
    assert PRIVATE.search(text)


def test_no_vast_files():
    vast = [name for name in project_files() if (ROOT / name).stat().st_size > 2_000_000]
    assert not vast
