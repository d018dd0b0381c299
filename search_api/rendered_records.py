"""Feed entries kept between narrowed feeds: the same datasets come up in many of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from threading import Lock

import msgspec
import zstandard

from dcat.rendered import Rendered, render
from index.store import Source, Store
from index.store.versions import RecordVersion
from search_api.feed_records import batches, records_of

KEPT = 32 * 1024**2
"""Bytes kept in a process: some 20,000 entries. A feed of kept ones is built seven times faster
(benchmarks/narrowed_feeds.py)."""
_AROUND = 300
"""Bytes that an entry takes besides its own: its key and its places in a table."""


class RenderedRecords:
    """Entries by record id, each as of one version of its record; another version is made anew, so nothing
    here can be older than the store. `size` are the bytes kept. Safe between threads."""

    def __init__(self, store: Store, base_url: str, most: int = KEPT) -> None:
        self._store = store
        self._base_url = base_url
        self._most = most
        self._lock = Lock()
        self._kept: dict[str, tuple[bytes, bytes]] = {}
        self.size = 0
        self._pack = zstandard.ZstdCompressor(level=1).compress
        self._unpack = zstandard.ZstdDecompressor().decompress
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Rendered).decode

    def of(self, ids: Iterable[str]) -> Iterator[Rendered]:
        """The live records among these ids. Raises StoreError."""
        sources = {source.id: source for source in self._store.sources()}
        for some in batches(ids):
            # versions before contents: what changes in between is made anew the next time
            versions = self._store.versions(some)
            keys = {id_: _key(version, sources.get(version.source)) for id_, version in versions.items()}
            found = self._get(keys)
            yield from found
            known = {one.id for one in found}
            yield from self._made([id_ for id_ in keys if id_ not in known], keys)

    def _get(self, keys: Mapping[str, bytes]) -> list[Rendered]:
        with self._lock:
            kept = ((self._kept.get(id_), key) for id_, key in keys.items())
            return [self._decode(self._unpack(one[1])) for one, key in kept if one and one[0] == key]

    def _made(self, ids: Sequence[str], keys: Mapping[str, bytes]) -> Iterator[Rendered]:
        for record in records_of(self._store, ids, self._base_url):
            rendered = render(record)
            self._keep(rendered, keys[record.id])
            yield rendered

    def _keep(self, rendered: Rendered, key: bytes) -> None:
        with self._lock:
            before = self._kept.get(rendered.id)
            packed = self._pack(self._encode(rendered))
            self._kept[rendered.id] = key, packed
            self.size += len(packed) + _AROUND - (len(before[1]) + _AROUND if before else 0)
            if self.size > self._most:
                # Every second one goes. The oldest must not: of a feed larger than this none would be left
                # when it is built again.
                self._kept = dict(islice(self._kept.items(), 0, None, 2))
                self.size = sum(len(packed) + _AROUND for _, packed in self._kept.values())


def _key(version: RecordVersion, source: Source | None) -> bytes:
    """All that an entry is made from."""
    around = (source.title, source.contact_name, source.contact_email) if source else ()
    return blake2b(repr((*version, *around)).encode(), digest_size=16).digest()
