"""Oracles run for minutes: all of them belong to `make verify`."""

import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        if "verification" in item.nodeid:
            item.add_marker(pytest.mark.slow)
