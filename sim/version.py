"""The version of the program."""

from importlib.metadata import PackageNotFoundError, version


def program_version() -> str:
    """Version of this package, as installed."""
    try:
        return version("strait")
    except PackageNotFoundError:
        return "not installed"
