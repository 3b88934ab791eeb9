"""What a reader is handed: one HTML page of a study or a run, in both languages, that opens without a network.

Knows finished folders, not how they are made. Doors: `study_page`, `run_page`, `render`, `refuse_place`, `write_page`.
"""

from .page import Page
from .place import NAME, refuse_place, write_page
from .render import render
from .run import Run, run_page
from .study import study_page

__all__ = ["NAME", "Page", "Run", "refuse_place", "render", "run_page", "study_page", "write_page"]
