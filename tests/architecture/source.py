"""The package's source as syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sim"
ROOMS = (
    "scenario", "policy", "network", "workload", "record", "engine", "metrics", "calibration", "figures", "study", "report",
    "cli",
)  # fmt: skip
"""A room may import from the rooms to its left."""
COMMON = ("units", "errors", "version", "arena", "jit")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> list[Path]:
    """List all modules of the package."""
    return sorted(PACKAGE.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """Parse a module."""
    return ast.parse(path.read_text("utf-8"), str(path))


def shown(path: Path) -> str:
    """Path from the root, for messages."""
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    """First part of the path below the package: a room, or a module of its own."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _for_types_only(path: Path) -> set[ast.AST]:
    """Collect what stands under `if TYPE_CHECKING`: never run."""
    guards = [n for n in ast.walk(tree(path)) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test)]
    return {node for guard in guards for statement in guard.body for node in ast.walk(statement)}


def imported(path: Path, with_types: bool = True) -> Iterator[tuple[ast.stmt, str]]:
    """Yield every import of a module, in functions too, as an absolute dotted name."""
    skipped = set() if with_types else _for_types_only(path)
    package = ("sim", *path.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(tree(path)):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            # `from . import a` names modules, `from .a import b` names things in one.
            yield from ((node, f"{module}.{alias.name}" if node.module is None else module) for alias in node.names)


def functions(path: Path) -> Iterator[Function]:
    """Yield every function and method of a module."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def has_docstring(node: Function | ast.ClassDef | ast.Module) -> bool:
    """Tell whether a thing says what it is."""
    return bool(ast.get_docstring(node))


def body_lines(node: Function) -> int:
    """Count the lines of a function's body without its docstring."""
    body = node.body[1:] if has_docstring(node) and len(node.body) > 1 else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1
