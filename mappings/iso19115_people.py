"""Responsible parties of ISO 19115 records, in both of the standard's shapes."""

from xml.etree.ElementTree import Element

from mappings.geographic import Party
from mappings.xml_path import at, only

PARTY_LIMIT = 200
"""A satellite product of NOAA names 60."""


def parties(element: Element | None, path: str) -> list[Party]:
    """`CI_ResponsibleParty` (19139) or `CI_Responsibility` (19115-3) at a path, at most `PARTY_LIMIT`."""
    return [_party(found) for found in at(element, f"{path}/*")[:PARTY_LIMIT]]


def _party(found: Element) -> Party:
    address = "**/CI_Address/electronicMailAddress"
    return Party(
        only(found, "role") or "",
        only(found, "organisationName") or only(found, "party/CI_Organisation/name"),
        only(found, "individualName")
        or only(found, "**/CI_Individual/name")
        or only(found, "positionName")
        or only(found, "**/CI_Individual/positionName"),
        only(found, address),
    )
