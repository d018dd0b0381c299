"""Recognising a catalogue service by its capabilities."""

from urllib.parse import urlsplit

from harvesters.csw_answer import endpoint, key_values
from harvesters.folder_index import is_html
from harvesters.probes import Answered, Finding

PLACES = ("csw", "geonetwork/srv/eng/csw")
"""Below the site's root: pycsw's and GeoNetwork's own."""


def capabilities(url: str) -> str:
    """The request for what a service can do."""
    return key_values(url, request="GetCapabilities", version="2.0.2")


def csw_probes(url: str, root: str) -> list[str]:
    """Where to ask: the address itself, if it looks like a service's, and the usual places."""
    parts = urlsplit(url)
    looks = "csw" in f"{parts.path}?{parts.query}".lower()
    places = [url] if looks else [root + place for place in PLACES]
    return [capabilities(place) for place in places]


def find_csw(answer: Answered) -> Finding | None:
    """`csw:Capabilities` of version 2.0.2, whose beginning names the namespace; with status 200 or not."""
    beginning = answer.beginning[:8_192].replace(b"\0", b"")
    if answer.status != 200 or b"http://www.opengis.net/cat/csw/2.0.2" not in beginning:
        return None
    if is_html(beginning):
        return None
    if b"Capabilities" not in beginning and b"GetRecordsResponse" not in beginning:
        return None
    url = endpoint(answer.url)
    return Finding("csw", url, f"{url} answers as a catalogue service (CSW 2.0.2)")
