"""What a reader is handed: one HTML page of a study or a run, in both languages, that opens without a network.

Knows finished folders, not how they are made. Doors: `study_page`, `run_page`, `render`, `refuse_place`, `write_page`.
"""

from .page import Page
from .place import NAME, refuse_place, write_page
from .render import render
from .study import study_page

__all__ = ["NAME", "Page", "refuse_place", "render", "study_page", "write_page"]
