"""What ISO 19115 and FGDC have in common once their elements are found: people, boxes, periods, links."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mappings.consume import remember
from mappings.dataset import Contact, Dataset, Distribution, DistributionKind, Place, Temporal
from mappings.dates import read_date
from mappings.dcat_us_people import make_publisher
from mappings.distributions import DistributionSet
from mappings.emails import read_email
from mappings.formats import read_format
from mappings.geometry import number
from mappings.issue import IssueLog
from mappings.licences import read_licence
from mappings.placeholders import is_placeholder
from mappings.published import clip
from mappings.spatial import read_spatial
from mappings.temporal import read_temporal
from mappings.text import read_line, read_text
from mappings.urls import read_url

PLACE_LIMIT = 100
_OPEN_ENDS = frozenset({"present", "now", "unknown", "ongoing", "current", "continuing", "unbounded", ".."})
_SERVICES = (
    "ogc:",
    "esri:rest",
    "wms",
    "wfs",
    "wcs",
    "wmts",
    "opendap",
    "thredds",
    "dap",
    "erddap",
    "arcgis",
)
_PAGES = ("www:link", "www-1.0-http--link", "doi")
_FILES = ("www:download", "www-1.0-http--download", "ftp", "file", "download")


@dataclass(frozen=True, slots=True)
class Box:
    """The four sides as published; empty texts where there are none."""

    west: str | None
    south: str | None
    east: str | None
    north: str | None

    def said(self) -> str:
        """The sides in one text."""
        return ",".join(side or "" for side in (self.west, self.south, self.east, self.north))


@dataclass(slots=True)
class Party:
    """An organisation or person as published, in a role."""

    role: str
    organisation: str | None = None
    person: str | None = None
    email: str | None = None


@dataclass(slots=True)
class Offers:
    """Collects links as distributions."""

    log: IssueLog
    found: DistributionSet = field(default_factory=DistributionSet)
    formats: list[str] = field(default_factory=list)

    def add(
        self,
        raw: str | None,
        where: str,
        *,
        protocol: str = "",
        title: str | None = None,
        description: str | None = None,
        file_format: str | None = None,
        kind: DistributionKind | None = None,
    ) -> None:
        """One link. Its kind follows from the protocol, else from the format, else it is a page."""
        if raw is None or is_placeholder(raw):
            return
        url = read_url(raw, where, self.log)
        if url is None:
            return
        if file_format:
            self.formats.append(file_format)
        known = read_format(file_format, None, None, where, IssueLog())
        reading = read_format(file_format if known.kind else None, None, url, where, self.log)
        by_ending = read_format(None, None, url, where, IssueLog())
        kind = kind_of(protocol, url) or kind or by_ending.kind or "page"
        if kind == "api":
            reading = read_format(_service(protocol, url), None, None, where, IssueLog())
        elif kind == "page":
            reading = by_ending if by_ending.format else read_format("HTML", None, None, where, IssueLog())
        text = read_text(description, where, self.log) if description else None
        name = read_line(title, where, self.log) if title else None
        about = text.plain if text else None
        self.found.add(Distribution(url, kind, name, reading.format, reading.media_type, description=about))


def kind_of(protocol: str, url: str) -> DistributionKind | None:
    """What a protocol (`OGC:WMS`, `WWW:DOWNLOAD-1.0-http--download`, `ESRI:REST`) or an address says."""
    said = protocol.casefold().strip()
    if any(said.startswith(name) or f"/{name}" in said for name in _SERVICES):
        return "api"
    address = url.casefold()
    if "service=w" in address or "/rest/services/" in address or address.endswith("server"):
        return "api"
    if any(name in said for name in _FILES):
        return "download"
    return "page" if any(name in said for name in _PAGES) else None


def _service(protocol: str, url: str) -> str:
    said = f"{protocol} {url}".casefold()
    return next((name.upper() for name in ("wmts", "wms", "wfs", "wcs", "csw") if name in said), "API")


def read_people(parties: Sequence[Party], roles: Sequence[str], dataset: Dataset, log: IssueLog) -> None:
    """The publisher is the organisation in the first of `roles` that anybody has; the contact the first
    party with an address, a `pointOfContact` before the others."""
    ranked = sorted(parties, key=lambda party: roles.index(party.role) if party.role in roles else len(roles))
    for party in ranked:
        raw = party.organisation or (party.person if party.role in roles else None)
        name = read_line(raw, "publisher", log) if raw and not is_placeholder(raw) else None
        if name:
            dataset.publisher = make_publisher(name, raw)
            break
    asked = sorted(parties, key=lambda party: (party.email is None, party.role != "pointOfContact"))
    for party in asked:
        label = read_line(party.person or party.organisation, "contact", log)
        email = read_email(party.email, "contact", log) if party.email else None
        if email or label:
            dataset.contact = Contact(label, email)
            break


def read_area(boxes: Sequence[Box], places: Sequence[str], dataset: Dataset, log: IssueLog) -> None:
    """The box around all boxes with four sides, and the places named."""
    said = [box.said() for box in boxes if box.said().strip(",")]
    sides = [[number(side) for side in (box.west, box.south, box.east, box.north)] for box in boxes]
    whole = [[side for side in four if side is not None] for four in sides]
    whole = [four for four in whole if len(four) == 4]
    raw: str | None = said[0] if said else None
    if len(whole) > 1 and all(four[0] <= four[2] for four in whole):
        west, south = (min(four[i] for four in whole) for i in (0, 1))
        east, north = (max(four[i] for four in whole) for i in (2, 3))
        raw = f"{west},{south},{east},{north}"
    elif whole:
        raw = ",".join(map(str, whole[0]))
    elif raw is not None:
        log.add("invalid-spatial", "spatial", f"“{raw[:80]}” is no bounding box with four sides")
        raw = None
    spatial = read_spatial(raw, "spatial", log) if raw else None
    names = list(dict.fromkeys(name for place in places if (name := read_line(place, "spatial", log))))
    if len(names) > PLACE_LIMIT:
        log.add("too-many-values", "spatial", f"of {len(names):,} places {PLACE_LIMIT} are kept")
    if names and spatial is None:
        spatial = read_spatial(names[0], "spatial", IssueLog())
    if spatial is None:
        if said:
            dataset.as_published["spatial"] = clip("; ".join(said))
        return
    spatial.as_published = clip("; ".join(said)) if said else clip("; ".join(names))
    known = {place.name for place in spatial.places}
    spatial.places += [Place(name) for name in names[:PLACE_LIMIT] if name not in known]
    dataset.spatial = spatial


def read_period(ends: Sequence[tuple[str | None, str | None]], log: IssueLog) -> Temporal | None:
    """The period from the earliest begin to the latest end; a word such as "present" is an open end."""
    found = [_ends(start, end, log) for start, end in ends]
    found = [pair for pair in found if any(pair)]
    words = clip("; ".join("/".join(text or "" for text in pair) for pair in ends))
    if not words.strip("/; "):
        return None
    if not found:
        if not is_placeholder(words.strip("/; ")):
            log.add("invalid-temporal", "temporal", f"“{words[:100]}” is no period of time we can read")
        return Temporal(None, None, words)
    starts = [start for start, _ in found if start]
    closed = [end for _, end in found if end]
    start = min(starts) if starts else None
    end = max(closed) if len(closed) == len(found) else None
    reading = read_temporal(f"{start or '..'}/{end or '..'}", "temporal", log)
    return reading and Temporal(reading.start, reading.end, words)


def _ends(start: str | None, end: str | None, log: IssueLog) -> tuple[str | None, str | None]:
    texts = [None if not text or text.casefold() in _OPEN_ENDS else text for text in (start, end)]
    dates = [read_date(text, "temporal", log) if text else None for text in texts]
    return dates[0], dates[1]


def read_dated(field_name: str, raw: str | None, where: str, dataset: Dataset, log: IssueLog) -> None:
    """One of the dataset's dates, with what was published."""
    iso = read_date(raw, where, log) if raw and not is_placeholder(raw) else None
    setattr(dataset, field_name, iso)
    remember(dataset.as_published, field_name, raw, iso)


def read_constraints(texts: Sequence[str], dataset: Dataset, log: IssueLog, licence: str | None) -> None:
    """Rights are all texts; the licence is the one that says it is, else the first that is a known one."""
    said = [text for text in dict.fromkeys(texts) if not is_placeholder(text)]
    if licence is None:
        quiet = ((text, read_licence(text, "license", IssueLog(), url_expected=False)) for text in said)
        licence = next((text for text, reading in quiet if reading and reading.id), None)
    if licence:
        dataset.license = read_licence(licence, "license", log, url_expected=False)
    if text := read_text("\n\n".join(said), "rights", log):
        dataset.rights = text.plain
