"""From one element of a portal's answer to the record that is spooled."""

from hashlib import blake2b

from harvesters.json_element import Element
from mappings import schemas
from mappings.fingerprint import DIGEST_BYTES
from mappings.issue import Issue, Unmappable
from mappings.source_record import SourceRecord


def source_record(source: str, schema: str, element: Element, url: str | None) -> SourceRecord:
    """The record with what a plan needs: identifier, digest, version, counts, and what is wrong with it.

    Never raises for what a portal sent: an element that is no usable object gets its trouble, and the hash of
    its bytes as digest.
    """
    record = SourceRecord(source, None, schema, element.raw, url, trouble=element.trouble)
    if element.trouble is not None:
        record.digest = _digest_of_bytes(element.raw or element.trouble.message.encode())
        return record
    try:
        light = schemas.describe(schema, element.value)
    except Unmappable as error:
        record.trouble = Issue(error.slug, "", error.message)
        record.digest = _digest_of_bytes(element.raw)
        return record
    record.identifier = light.identifier
    record.digest = light.digest
    record.version = light.version
    record.views = light.views
    record.downloads = light.downloads
    record.trouble = schemas.trouble(schema, element.value)
    return record


def _digest_of_bytes(raw: bytes) -> str:
    return blake2b(raw, digest_size=DIGEST_BYTES).hexdigest()
