"""What a study has finished, on disk: one checksummed file a point, provenance beside them.

Knows keys and columns, not how replications are made. Door: `StudyFolder`.
"""

from .folder import FOLDER_FIELD, StudyFolder, alone_in, look_into

__all__ = ["FOLDER_FIELD", "StudyFolder", "alone_in", "look_into"]
