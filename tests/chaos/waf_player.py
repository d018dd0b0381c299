"""A web accessible folder in the matrix: one file of ISO 19139 for each record, in two folders."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from tests.chaos import csw_player
from tests.portals import LoopbackServer, WafPortal

_HEAD = b'<?xml version="1.0"?>'


def build(records: list[Any]) -> LoopbackServer:
    """The folders, each file named by its place in the catalogue."""
    return WafPortal({f"part-{n % 2}/{n:04}.xml": _file(record) for n, record in enumerate(records)})


def rewrite(body: bytes, change: Callable[[list[Any]], list[Any]]) -> bytes:
    """Another record in a file; index pages as they are. Of several it takes the first."""
    if not body.startswith(_HEAD):
        return body
    changed = change([csw_player.read_record(ElementTree.fromstring(body))])
    return _file(changed[0]) if changed else b""


def _file(record: Any) -> bytes:
    return _HEAD + csw_player.written(record)
