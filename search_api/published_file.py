"""Serve a published feed: validators, compressed copy, 304, always one whole version of the file."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path

from fastapi import Request, Response

from dcat.publish import gzip_path
from search_api.streaming import Streamed

CHUNK = 1 << 18


def serve_published(path: Path, request: Request) -> Response | None:
    """The file, its gzipped copy where the caller takes it, or 304; None when there is no such file."""
    found = _version(path)
    if found is None:
        return None
    plain, digest = found
    stat = os.fstat(plain.fileno())
    changed = datetime.fromtimestamp(int(stat.st_mtime), UTC)
    file, coding = plain, ""
    if "gzip" in request.headers.get("accept-encoding", ""):
        packed = _copy_of(path, stat.st_mtime_ns)
        if packed is not None:
            plain.close()
            file, coding = packed, "gzip"
    headers = {
        "ETag": f'"{digest}-gz"' if coding else f'"{digest}"',
        "Last-Modified": format_datetime(changed, usegmt=True),
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
    }
    if _unchanged(request, digest, changed):
        file.close()
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(os.fstat(file.fileno()).st_size)
    if coding:
        headers["Content-Encoding"] = coding
    if request.method == "HEAD":
        file.close()
        return Response(headers=headers, media_type="application/json")
    return Streamed(_chunks(file), file.close, "application/json", headers)


def _opened(path: Path) -> BufferedReader | None:
    # An open file stays the version it was when a newer one is renamed over it.
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None


def _copy_of(path: Path, moment: int) -> BufferedReader | None:
    """The compressed copy, if it is one of this very version (see `dcat.publish`)."""
    packed = _opened(gzip_path(path))
    if packed is not None and os.fstat(packed.fileno()).st_mtime_ns != moment:
        packed.close()
        return None
    return packed


def _version(path: Path) -> tuple[BufferedReader, str] | None:
    """The open file and the hash of its very content, also while a newer version is renamed over it."""
    while (file := _opened(path)) is not None:
        stat = os.fstat(file.fileno())
        try:
            return file, _digest(path, stat.st_ino, stat.st_size, stat.st_mtime_ns)
        except _Replaced:
            file.close()
    return None


class _Replaced(Exception):
    """Another version lies at the path than the one that was opened."""


@lru_cache(maxsize=8)
def _digest(path: Path, inode: int, size: int, moment: int) -> str:
    """The content's hash, computed once for each version of the file."""
    file = _opened(path)
    if file is None:
        raise _Replaced
    with file:
        stat = os.fstat(file.fileno())
        if (stat.st_ino, stat.st_size, stat.st_mtime_ns) != (inode, size, moment):
            raise _Replaced
        return file_digest(file, "sha256").hexdigest()[:32]


def _unchanged(request: Request, digest: str, changed: datetime) -> bool:
    """If-None-Match decides where it is given, else If-Modified-Since (RFC 9110, section 13.2.2)."""
    given = request.headers.get("if-none-match")
    if given is not None:
        tags = {tag.strip().removeprefix("W/").strip('"').removesuffix("-gz") for tag in given.split(",")}
        return "*" in tags or digest in tags
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return changed <= parsedate_to_datetime(since).astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or one beyond the calendar
        return False


def _chunks(file: BufferedReader) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
