"""Reading a DCAT-US 3.0 catalogue of any size: datasets, services, series, nested catalogues."""

from collections.abc import Collection, Iterator
from typing import Any

from harvesters.json_candidates import IsRecord
from harvesters.json_element import Element, parse_element, too_large
from harvesters.json_list import broken, cut, skip
from harvesters.json_scan import Oversized, Unbalanced, Unterminated, value_end
from harvesters.json_stream import ELEMENT_LIMIT, JsonStream

DATASETS, SERVICES, SERIES, RECORDS = "dataset", "service", "datasetSeries", "record"
CATALOGS = "catalog"
DEEPEST = 20
"""Catalogues inside each other that are read; what lies deeper is passed over, and said."""
MOST = 10_000
"""Nested catalogues of one document whose heads are kept."""

_LIST, _OBJECT, _COMMA, _LIST_END = b"[{,]"


class CatalogueStream(JsonStream):
    """The elements of the lists named by `keys`, in the order of the document; `passing` are run over.

    While an element is handed on, `key` names the list it stands in and `catalog` the catalogue: 0 is the
    document itself. `heads` holds the other members of each catalogue, `above` the number of the one it is
    nested in. `too_deep` counts catalogues that were passed over.
    """

    def __init__(
        self,
        chunks: Iterator[bytes],
        keys: Collection[str],
        is_record: IsRecord | None = None,
        *,
        passing: Collection[str] = (),
    ) -> None:
        super().__init__(chunks, DATASETS, is_record=is_record)
        self.key = DATASETS
        self.catalog = 0
        self.heads: list[dict[str, Any]] = [self.members]
        self.above: list[int] = [0]
        self.too_deep = 0
        self._keys, self._passing = keys, passing
        self._depth = 0

    def _named(self, key: str, inside: str) -> Iterator[Element]:
        window = self._window
        name = key.removeprefix("dcat:")
        begins = window.peek()
        if name in self._keys and begins == _LIST:
            self.key = name
            yield from self._list()
        elif name in self._keys and begins == _OBJECT:
            self.key = name
            self.lists += 1
            yield self._one()
        elif name == CATALOGS and begins == _LIST:
            yield from self._catalogs()
        elif name == CATALOGS and begins == _OBJECT:
            yield from self._nested_catalog()
        elif name in self._passing and begins in (_LIST, _OBJECT):
            skip(window)
        else:
            self._member(key)

    def _catalogs(self) -> Iterator[Element]:
        window = self._window
        window.at += 1
        while window.peek() != _LIST_END:
            if window.peek() == _OBJECT:
                yield from self._nested_catalog()
            elif window.peek() == -1:
                raise cut(window)
            else:
                skip(window)  # the address of a catalogue that is published elsewhere
            if window.peek() != _LIST_END:
                self._take(_COMMA, "a comma or the end of the list is missing")
        window.at += 1

    def _nested_catalog(self) -> Iterator[Element]:
        if self._depth >= DEEPEST or len(self.heads) >= MOST:
            self.too_deep += 1
            skip(self._window)
            return
        outer, members = self.catalog, self.members
        self.members = {}
        self.heads.append(self.members)
        self.above.append(outer)
        self.catalog = len(self.heads) - 1
        self._depth += 1
        yield from self._object()
        self._depth -= 1
        self.catalog, self.members = outer, members

    def _one(self) -> Element:
        """An object where a list belongs: the only one."""
        window = self._window
        position = window.position
        try:
            end = value_end(window, ELEMENT_LIMIT)
        except Oversized:
            size = skip(window)
            return too_large(position, f"the record has {size:,} bytes, more than {ELEMENT_LIMIT:,}")
        except Unterminated:
            raise cut(window) from None
        except Unbalanced as error:
            raise broken(window, str(error)) from None
        element = parse_element(window.data[window.at : end], position)
        window.at = end
        return element
