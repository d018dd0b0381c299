"""The bytes of a response as stored on disk, decompressed as they are read, under caps.

A compressed stream must reach its own end (with its checksum): a proxy that cuts a gzip body and corrects the
Content-Length is noticed here and nowhere else.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

CHUNK = 256 * 1024
MAX_RATIO = 250
"""Times a body may grow once `RATIO_FROM` bytes came out. JSON catalogues shrink 5 to 30 times; the bomb that
turns 4 MB into 4 GB grows a thousandfold."""
RATIO_FROM = 64 * 1024**2
MAX_MEMBERS = 100_000
"""Gzip streams in one body, one behind the other. Writers that cut a file into blocks make them of 64 KB;
an empty one costs work and unpacks to nothing, so that no other bound meets it."""

_GZIP = b"\x1f\x8b"
_KNOWN = {"", "identity", "gzip", "x-gzip", "deflate"}


class BodyError(ValueError):
    """A body that cannot be decompressed; `slug` is one of `harvesters.run_slugs`."""

    def __init__(self, slug: str, message: str) -> None:
        super().__init__(message)
        self.slug = slug
        self.message = message


def body_chunks(path: Path, content_encoding: str = "", max_bytes: int = 4 * 1024**3) -> Iterator[bytes]:
    """The decoded bytes of a stored response, in chunks of about 256 KB.

    The header is believed only as far as the bytes bear it out: `gzip` over a plain body is plain, and a
    `.json.gz` file without the header is unpacked. `max_bytes` bounds what comes out.

    Raises:
        BodyError: `cut` (the compressed stream does not end), `bad-encoding` (damaged, or a coding that was
            not asked for), `decompression-bomb`; after every byte before that point was yielded.
    """
    coding = content_encoding.strip().lower()
    if coding not in _KNOWN:
        raise BodyError("bad-encoding", f"the answer is coded as {coding!r}; gzip or nothing was asked for")
    with path.open("rb") as file:
        beginning = file.read(2)
        file.seek(0)
        if beginning == _GZIP:
            yield from _inflate(file, zlib.MAX_WBITS | 16, max_bytes)
        elif coding == "deflate" and beginning:
            # zlib's header makes a multiple of 31 (RFC 1950); some servers send the bare stream.
            wrapped = int.from_bytes(beginning, "big") % 31 == 0 and beginning[0] & 15 == 8
            yield from _inflate(file, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS, max_bytes)
        elif coding in {"gzip", "x-gzip"} and beginning == _GZIP[: len(beginning)] and beginning:
            raise BodyError("cut", "the gzip stream ends after one byte")
        else:
            yield from _capped(file, max_bytes)


def _capped(file: BinaryIO, max_bytes: int) -> Iterator[bytes]:
    total = 0
    while chunk := file.read(CHUNK):
        total += len(chunk)
        if total > max_bytes:
            raise BodyError("too-large", f"the answer has more than {max_bytes:,} bytes")
        yield chunk


def _inflate(file: BinaryIO, window_bits: int, max_bytes: int) -> Iterator[bytes]:
    unpack = zlib.decompressobj(window_bits)
    taken = given = members = 0
    pending = b""
    while pending or (pending := file.read(CHUNK)):
        taken += len(pending)
        try:
            chunk = unpack.decompress(pending, CHUNK)
        except zlib.error as error:
            raise BodyError("bad-encoding", f"the compressed answer is damaged: {error}") from None
        pending = unpack.unconsumed_tail
        taken -= len(pending)
        given += len(chunk)
        _check_size(taken, given, max_bytes)
        if chunk:
            yield chunk
        if unpack.eof:
            taken -= len(unpack.unused_data)
            pending = unpack.unused_data
            if len(pending) < len(_GZIP):
                pending += file.read(CHUNK)
            if not pending.startswith(_GZIP):
                return  # padding behind the end; the stream itself was whole
            members += 1
            if members > MAX_MEMBERS:
                raise BodyError("bad-encoding", f"the answer has more than {MAX_MEMBERS:,} gzip streams")
            unpack = zlib.decompressobj(window_bits)
    while chunk := unpack.decompress(b"", CHUNK) if not unpack.eof else b"":
        given += len(chunk)
        _check_size(taken, given, max_bytes)
        yield chunk
    if not unpack.eof:
        raise BodyError("cut", f"the compressed answer ends in the middle, after {taken:,} bytes")


def _check_size(taken: int, given: int, max_bytes: int) -> None:
    if given > max_bytes:
        raise BodyError("too-large", f"the answer unpacks to more than {max_bytes:,} bytes")
    if given > RATIO_FROM and given > taken * MAX_RATIO:
        raise BodyError("decompression-bomb", f"{taken:,} bytes unpack to more than {given:,}")
