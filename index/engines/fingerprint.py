"""What a document was indexed from, as one number: how `index check` finds documents gone stale."""

from zlib import crc32

import orjson

from index.engines.protocol import IndexDocument


def fingerprint(document: IndexDocument) -> int:
    """CRC-32 of all that is searched, filtered and sorted by, but for popularity.

    Popularity moves with every harvest and no change number with it, so an index that differs only there is
    not stale. "all" holds the words of the other texts, so it stands for them.
    """
    shown = (document.texts.get("all"), document.title_key, document.modified, document.facets, document.bbox)
    return crc32(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS))
