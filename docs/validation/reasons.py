"""Words of the page: the opening, the sections, and why a figure is missed (by the name of its row)."""

OPENING: list[str] = []
TEXTS: dict[str, str] = {}
REASONS: dict[str, str] = {}
