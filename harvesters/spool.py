"""One file per run: every record as received, and at the very end the statement about the run.

    zstd frame      header, payload, header, payload, …   each pair preceded by its two lengths
    skippable frame statement, its length and checksum, the magic word

Headers stand before their payloads, so that a plan is made without touching a payload. The statement is in a
zstd skippable frame: `zstd -dc` still shows the records. The file is written under another name and renamed
when it is whole; one that does not end with the magic word is refused, whatever it holds.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec
import zstandard

from mappings.issue import Issue
from mappings.source_record import RunStatement, SourceRecord

_LENGTHS = struct.Struct("<II")
_SKIPPABLE = struct.Struct("<II")
_SKIPPABLE_MAGIC = 0x184D2A5B
_FOOT = struct.Struct("<QII8s")
"""Number of records, length of the statement, its checksum, magic."""
_MAGIC = b"HUBSPL01"
_READ = 1024 * 1024
_LEVEL = 3


class SpoolTruncated(ValueError):
    """A spool without a proper end, or damaged: nothing in it may be used."""


class _Header(msgspec.Struct, array_like=True, gc=False):
    """A SourceRecord without its payload."""

    source: str
    identifier: str | None
    schema: str
    url: str | None
    digest: str
    version: str
    views: int | None
    downloads: int | None
    trouble: Issue | None


_encode_header = msgspec.msgpack.Encoder().encode
_decode_header = msgspec.msgpack.Decoder(_Header).decode


class SpoolWriter:
    """Writes a run to `path`; the file appears there only when `close` got the statement.

    Leaving the context without `close` (an error, a kill) leaves no spool behind.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records = 0
        self._partial = path.with_name(path.name + ".part")
        self._file: BinaryIO = self._partial.open("wb")
        compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
        self._stream = compressor.stream_writer(self._file, closefd=False)

    def write(self, record: SourceRecord) -> None:
        """Append one record. Raises OSError when the disk is full."""
        header = _encode_header(
            _Header(
                record.source,
                record.identifier,
                record.schema,
                record.url,
                record.digest,
                record.version,
                record.views,
                record.downloads,
                record.trouble,
            )
        )
        self._stream.write(_LENGTHS.pack(len(header), len(record.payload)) + header + record.payload)
        self.records += 1

    def close(self, statement: RunStatement) -> None:
        """Write the last word, flush to the disk and give the file its name."""
        self._stream.flush(zstandard.FLUSH_FRAME)
        last = msgspec.msgpack.encode(statement)
        foot = _FOOT.pack(self.records, len(last), zlib.crc32(last), _MAGIC)
        self._file.write(_SKIPPABLE.pack(_SKIPPABLE_MAGIC, len(last) + len(foot)) + last + foot)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._partial.replace(self.path)

    def discard(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        self._partial.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._file.closed:
            self.discard()


class SpoolReader:
    """A finished spool. `statement` is known at once; the records may be read any number of times.

    Raises:
        FileNotFoundError: there is no such spool.
        SpoolTruncated: it is not whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._count, self.statement = _read_end(path)

    def records(self) -> Iterator[SourceRecord]:
        """Every record, in the order received. Raises SpoolTruncated where the file is damaged."""
        for header, data, start, end in self._frames():
            record = _record(header)
            record.payload = data[start:end]
            yield record

    def headers(self) -> Iterator[SourceRecord]:
        """The same without payloads (`b""`): all a plan needs, several times faster."""
        for header, _, _, _ in self._frames():
            yield _record(header)

    def _frames(self) -> Iterator[tuple[_Header, bytes, int, int]]:
        seen = 0
        with self.path.open("rb") as file:
            try:
                for data, at, size, end in _split(_inflated(file)):
                    seen += 1
                    yield _decode_header(memoryview(data)[at : at + size]), data, at + size, end
            except (zstandard.ZstdError, msgspec.MsgspecError) as error:
                raise SpoolTruncated(f"{self.path}: damaged after record {seen:,}: {error}") from error
        if seen != self._count:
            raise SpoolTruncated(f"{self.path}: {seen:,} of {self._count:,} records are there")


def _record(header: _Header) -> SourceRecord:
    return SourceRecord(
        header.source,
        header.identifier,
        header.schema,
        b"",
        header.url,
        header.digest,
        header.version,
        header.views,
        header.downloads,
        header.trouble,
    )


def _inflated(file: BinaryIO) -> Iterator[bytes]:
    """A megabyte at a time, however small alike records were packed."""
    reader = zstandard.ZstdDecompressor().stream_reader(file)
    while chunk := reader.read(_READ):
        yield chunk


def _split(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, int, int, int]]:
    """(data, start of the header, its size, end of the payload) of every record."""
    data = b""
    at = 0
    for chunk in chunks:
        data = data[at:] + chunk
        at = 0
        while at + _LENGTHS.size <= len(data):
            size, payload = _LENGTHS.unpack_from(data, at)
            end = at + _LENGTHS.size + size + payload
            if end > len(data):
                break
            yield data, at + _LENGTHS.size, size, end
            at = end
    if at != len(data):
        raise zstandard.ZstdError("the last record does not end")


def _read_end(path: Path) -> tuple[int, RunStatement]:
    """(number of records, the statement)."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _FOOT.size))
        foot = file.read(_FOOT.size)
        if len(foot) < _FOOT.size or foot[-len(_MAGIC) :] != _MAGIC:
            raise SpoolTruncated(f"{path}: the end is missing; the run that wrote it was cut short")
        count, length, checksum, _ = _FOOT.unpack(foot)
        start = size - _FOOT.size - length
        if start < _SKIPPABLE.size:
            raise SpoolTruncated(f"{path}: damaged: its statement is longer than the file")
        file.seek(start)
        last = file.read(length)
    if zlib.crc32(last) != checksum:
        raise SpoolTruncated(f"{path}: damaged: the statement's checksum is wrong")
    return count, msgspec.msgpack.decode(last, type=RunStatement)
