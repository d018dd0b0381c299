"""An RDF document on disk in UTF-8, whatever it came in.

Turtle, N-Triples and JSON-LD must be UTF-8; XML names its encoding. Bytes that are no UTF-8 are read as
Windows-1252, which is what they mostly are: one bad letter must not cost a catalogue.
"""

import codecs
import re
from collections.abc import Iterable
from pathlib import Path

from harvesters.fetch_error import FetchError

_DECLARED = re.compile(rb"^(<\?xml[^>]{0,100}?encoding\s*=\s*[\"'])([A-Za-z0-9._-]{1,40})")
_FALLBACK = "as-windows-1252"
_BEGINNING = 4_096


def store_utf8(chunks: Iterable[bytes], path: Path) -> bytes:
    """Write the document and give back its beginning. Raises FetchError `disk-full`, and what `chunks` do."""
    codecs.register_error(_FALLBACK, _windows)
    begun, decoder = b"", None
    beginning = bytearray()
    try:
        with path.open("wb") as file:
            for chunk in chunks:
                if decoder is None:
                    begun += chunk if begun else chunk.lstrip()
                    if len(begun) < _BEGINNING:
                        continue
                    begun, decoder = _opened(begun)
                    chunk, begun = begun, b""  # noqa: PLW2901  # what was held back comes first
                written = decoder.decode(chunk).encode()
                beginning += written[: _BEGINNING - len(beginning)]
                file.write(written)
            if decoder is None:
                begun, decoder = _opened(begun)
            written = (decoder.decode(begun, final=True)).encode("utf-8", "replace")
            beginning += written[: _BEGINNING - len(beginning)]
            file.write(written)
    except OSError as error:
        raise FetchError("disk-full", f"the document cannot be kept: {error}") from error
    return bytes(beginning)


def _opened(begun: bytes) -> tuple[bytes, codecs.IncrementalDecoder]:
    """The beginning with a declaration that holds for what is written, and the decoder for all."""
    found = _DECLARED.match(begun)
    name = found[2].decode().lower() if found else "utf-8"
    if found:
        begun = found[1] + b"utf-8" + begun[found.end() :]
    try:
        codec = codecs.lookup(name)
    except LookupError:
        codec = codecs.lookup("utf-8")
    if codec.name.startswith("utf-") or not getattr(codec, "_is_text_encoding", True):
        codec = codecs.lookup("utf-8")  # UTF-16 was made UTF-8 where the body is unpacked
    decoder = codecs.getincrementaldecoder(codec.name)
    return begun, decoder(_FALLBACK if codec.name == "utf-8" else "replace")


def _windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end
