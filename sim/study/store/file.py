"""One stored file: written whole or not at all, its name carries the checksum of its bytes."""

import io
import os
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from .schema import DICTIONARIES, SCHEMA

_NAME = re.compile(r"(?P<key>[0-9a-f]{20})-(?P<part>r\d+|p\d+)-(?P<sum>[0-9a-f]{16})\.parquet")


@dataclass(frozen=True)
class Stored:
    """What the name of a stored file says."""

    path: Path
    key: str
    """Of the design point."""
    part: str
    """`r30`: replications 0 to 29 of a point. `p12`: those of a task that begins with replication 12."""
    checksum: str

    @property
    def is_whole(self) -> bool:
        """Whether it holds a finished point."""
        return self.part[0] == "r"

    @property
    def number(self) -> int:
        """Number behind the letter of the part."""
        return int(self.part[1:])


def read_name(path: Path) -> Stored | None:
    """Read the name of a stored file; None when it is not one."""
    match = _NAME.fullmatch(path.name)
    return Stored(path, match["key"], match["part"], match["sum"]) if match else None


def write_table(table: pa.Table, folder: Path, key: str, part: str) -> Stored:
    """Write a table to disk under a name that says what it is; the same table is the same bytes.

    Parameters
    ----------
    table : Table
        Of `SCHEMA`.
    folder : Path
        Must exist.
    key : str
        Of the design point.
    part : str
        Which of its replications.

    Returns
    -------
    Stored

    Raises
    ------
    OSError
        If the disk is full or cannot be written; then nothing is left behind.
    """
    buffer = io.BytesIO()
    pq.write_table(
        table, buffer, compression="zstd", use_dictionary=list(DICTIONARIES), write_statistics=False, store_schema=True
    )
    data = buffer.getvalue()
    checksum = sha256(data).hexdigest()[:16]
    final = folder / f"{key}-{part}-{checksum}.parquet"
    write_whole(data, final)
    return Stored(final, key, part, checksum)


def write_whole(data: bytes, final: Path) -> None:
    """Write a file so that it is either there with all its bytes, on disk, or as it was before."""
    partial = final.with_name(f".{final.name}.{os.getpid()}.tmp")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(final)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    handle = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_intact(stored: Stored) -> bool:
    """Tell whether the bytes of a stored file are those that were written."""
    return sha256(stored.path.read_bytes()).hexdigest()[:16] == stored.checksum


def read_stored(stored: Stored) -> pa.Table | None:
    """Read a stored file; None when its bytes are not those that were written, or not of the declared schema."""
    data = stored.path.read_bytes()
    if sha256(data).hexdigest()[:16] != stored.checksum:
        return None
    try:
        table = pq.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError):
        return None
    return table if table.schema.equals(SCHEMA) else None
