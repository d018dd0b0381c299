"""A zip of a JKAN site: which of its files are the datasets' own, and whether it is whole."""

import os
import zipfile
from pathlib import Path, PurePosixPath

from harvesters.fetch_error import FetchError

_DIRECTORY_END = 22
"""Bytes of the record that ends a zip, without its comment."""


def is_inside(name: str) -> bool:
    """Whether a file of an archive lies below `_datasets`. Where one does, though it is no page
    (`.gitkeep`), the site has that folder and may well have no datasets."""
    return "_datasets" in PurePosixPath(name).parts[:-1]


def check_whole(path: Path, archive: zipfile.ZipFile) -> None:
    """That the first file stands at the beginning, and nothing behind the directory: what a script adds to
    its answer, or a second archive, does not go unnoticed because the format finds its way around it.

    Raises FetchError (`cut`).
    """
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, _DIRECTORY_END + len(archive.comment)), os.SEEK_END)
        ends = file.read(4) == b"PK\x05\x06"
    first = min((info.header_offset for info in archive.infolist()), default=0)
    if first or not ends:
        raise FetchError("cut", "the zip has bytes before its first file or behind its end")
