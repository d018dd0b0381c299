"""Stored bodies: decompressed under caps, whole or not."""

import gzip
import zlib
from pathlib import Path

import pytest

from harvesters import inflate
from harvesters.inflate import BodyError, body_chunks

TEXT = b'{"dataset":[]}' * 50_000


def unpack(path: Path, coding: str = "", max_bytes: int = 4 * 1024**3) -> bytes:
    return b"".join(body_chunks(path, coding, max_bytes))


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("stored", "coding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), "x-gzip"),
        (gzip.compress(TEXT), ""),  # a .json.gz file, served without the header
        (TEXT, "gzip"),  # a header without the coding
        (gzip.compress(TEXT[:99]) + gzip.compress(TEXT[99:]), "gzip"),  # two members
        (gzip.compress(TEXT) + b"\0" * 512, "gzip"),  # padded
        (zlib.compress(TEXT), "deflate"),
        (raw_deflate(TEXT), "deflate"),
    ],
)
def test_every_honest_coding_gives_the_text(stored: bytes, coding: str, tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_bytes(stored)
    assert unpack(body, coding) == TEXT


@pytest.mark.parametrize("packed", [gzip.compress(TEXT), zlib.compress(TEXT), raw_deflate(TEXT)])
def test_a_compressed_body_cut_anywhere_is_cut(packed: bytes, tmp_path: Path) -> None:
    coding = "gzip" if packed[:2] == b"\x1f\x8b" else "deflate"
    body = tmp_path / "body"
    for cut in range(1, len(packed), 7):
        body.write_bytes(packed[:cut])
        with pytest.raises(BodyError) as caught:
            unpack(body, coding)
        assert caught.value.slug == "cut", f"cut at {cut} of {len(packed)}"


def chunks_until_error(path: Path) -> list[bytes]:
    chunks: list[bytes] = []
    stream = body_chunks(path, "gzip")
    while True:
        try:
            chunks.append(next(stream))
        except (BodyError, StopIteration):
            return chunks


def test_what_came_before_the_cut_is_handed_on(tmp_path: Path) -> None:
    body = tmp_path / "body"
    text = bytes(range(256)) * 10_000
    body.write_bytes(gzip.compress(text)[:-4])
    assert b"".join(chunks_until_error(body)) == text


@pytest.mark.parametrize(
    ("stored", "coding", "slug"),
    [
        (b"\x1f\x8b\x08\x00damaged damaged damaged", "gzip", "bad-encoding"),
        (TEXT, "br", "bad-encoding"),
        (TEXT, "zstd", "bad-encoding"),
    ],
)
def test_other_codings_are_refused(stored: bytes, coding: str, slug: str, tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_bytes(stored)
    with pytest.raises(BodyError) as caught:
        unpack(body, coding)
    assert caught.value.slug == slug


def test_a_bomb_is_stopped_by_its_ratio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflate, "RATIO_FROM", 1024**2)
    body = tmp_path / "body"
    body.write_bytes(gzip.compress(b" " * (8 * 1024**2), 9))
    with pytest.raises(BodyError) as caught:
        unpack(body, "gzip")
    assert caught.value.slug == "decompression-bomb"
    assert max(map(len, chunks_until_error(body))) <= inflate.CHUNK


@pytest.mark.parametrize(("stored", "coding"), [(TEXT, ""), (gzip.compress(TEXT), "gzip")])
def test_a_body_over_the_cap_is_too_large(stored: bytes, coding: str, tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_bytes(stored)
    with pytest.raises(BodyError) as caught:
        unpack(body, coding, max_bytes=len(TEXT) - 1)
    assert caught.value.slug == "too-large"
