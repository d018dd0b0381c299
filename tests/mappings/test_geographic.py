"""ISO 19115 and FGDC records to the shared schema: written ones field by field, real ones as a whole."""

import gzip
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from mappings.crosswalks.fgdc import is_fgdc
from mappings.issue import Unmappable
from mappings.schemas import SCHEMAS, describe, map_record, title_of, trouble
from mappings.xml_record import parse
from tests.mappings.crosswalk import slugs, value_at
from tests.shared_data import SHARED, needs_shared, open_feed


def files(*folders: str) -> Iterator[tuple[str, bytes]]:
    """Every XML file of the shared data below these folders."""
    for folder in folders:
        for path in sorted((SHARED / folder).rglob("*.xml*")):
            data = path.read_bytes()
            yield path.name, gzip.decompress(data) if path.suffix == ".gz" else data


def schema_of(payload: bytes) -> str:
    return "fgdc" if is_fgdc(parse(payload)[0]) else "iso-19115"


def light(schema: str, payload: bytes) -> Any:
    return describe(schema, SCHEMAS[schema].decode(payload)[0])


def iso(inside: str, outside: str = "", name: str = "gmi:MI_Metadata") -> bytes:
    """A 19139 record with one identification."""
    spaces = " ".join(
        f'xmlns:{p}="http://www.isotc211.org/2005/{p}"' for p in ("gmd", "gmi", "gco", "gmx", "srv")
    )
    return (
        f'<{name} {spaces} xmlns:gml="http://www.opengis.net/gml/3.2">'
        f"<gmd:fileIdentifier>{text('a:1')}</gmd:fileIdentifier>"
        "<gmd:dateStamp><gco:Date>2024-05-06</gco:Date></gmd:dateStamp><gmd:identificationInfo>"
        f"<gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation><gmd:title>{text('Roads')}</gmd:title>"
        f"{DATES}</gmd:CI_Citation></gmd:citation>{inside}</gmd:MD_DataIdentification>"
        f"</gmd:identificationInfo>{outside}</{name}>"
    ).encode()


def text(words: str) -> str:
    return f"<gco:CharacterString>{words}</gco:CharacterString>"


def code(name: str, said: str) -> str:
    return f'<gmd:{name} codeList="x#{name}" codeListValue="{said}">{said}</gmd:{name}>'


def dated(day: str, kind: str) -> str:
    return (
        f"<gmd:date><gmd:CI_Date><gmd:date><gco:Date>{day}</gco:Date></gmd:date>"
        f"<gmd:dateType>{code('CI_DateTypeCode', kind)}</gmd:dateType></gmd:CI_Date></gmd:date>"
    )


def party(role: str, organisation: str, mail: str = "") -> str:
    address = (
        f"<gmd:contactInfo><gmd:CI_Contact><gmd:address><gmd:CI_Address><gmd:electronicMailAddress>{text(mail)}"
        "</gmd:electronicMailAddress></gmd:CI_Address></gmd:address></gmd:CI_Contact></gmd:contactInfo>"
    )
    return (
        f"<gmd:pointOfContact><gmd:CI_ResponsibleParty><gmd:organisationName>{text(organisation)}"
        f"</gmd:organisationName>{address if mail else ''}<gmd:role>{code('CI_RoleCode', role)}</gmd:role>"
        "</gmd:CI_ResponsibleParty></gmd:pointOfContact>"
    )


def online(url: str, protocol: str) -> str:
    return (
        f"<gmd:onLine><gmd:CI_OnlineResource><gmd:linkage><gmd:URL>{url}</gmd:URL></gmd:linkage>"
        f"<gmd:protocol>{text(protocol)}</gmd:protocol></gmd:CI_OnlineResource></gmd:onLine>"
    )


def box(*sides: str) -> str:
    names = ("westBoundLongitude", "eastBoundLongitude", "southBoundLatitude", "northBoundLatitude")
    inside = "".join(
        f"<gmd:{n}><gco:Decimal>{s}</gco:Decimal></gmd:{n}>" for n, s in zip(names, sides, strict=True)
    )
    return (
        "<gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_GeographicBoundingBox>"
        f"{inside}</gmd:EX_GeographicBoundingBox></gmd:geographicElement></gmd:EX_Extent></gmd:extent>"
    )


DATES = dated("2020-01-02", "publication") + dated("2023-04-05", "revision") + dated("2019-01-01", "creation")
WHEN = (
    "<gmd:extent><gmd:EX_Extent><gmd:temporalElement><gmd:EX_TemporalExtent><gmd:extent><gml:TimePeriod>"
    '<gml:beginPosition>2001</gml:beginPosition><gml:endPosition indeterminatePosition="now"/>'
    "</gml:TimePeriod></gmd:extent></gmd:EX_TemporalExtent></gmd:temporalElement></gmd:EX_Extent></gmd:extent>"
)
LEGAL = (
    "<gmd:resourceConstraints><gmd:MD_LegalConstraints><gmd:useConstraints>"
    f"{code('MD_RestrictionCode', 'license')}"
    "</gmd:useConstraints><gmd:otherConstraints><gmx:Anchor>https://creativecommons.org/publicdomain/zero/1.0/"
    "</gmx:Anchor></gmd:otherConstraints></gmd:MD_LegalConstraints></gmd:resourceConstraints>"
)
OFTEN = (
    "<gmd:resourceMaintenance><gmd:MD_MaintenanceInformation><gmd:maintenanceAndUpdateFrequency>"
    f"{code('MD_MaintenanceFrequencyCode', 'quarterly')}</gmd:maintenanceAndUpdateFrequency>"
    "</gmd:MD_MaintenanceInformation></gmd:resourceMaintenance>"
)
TOPIC = (
    "<gmd:topicCategory><gmd:MD_TopicCategoryCode>inlandWaters</gmd:MD_TopicCategoryCode></gmd:topicCategory>"
)
SPREAD = (
    "<gmd:distributionInfo><gmd:MD_Distribution><gmd:transferOptions><gmd:MD_DigitalTransferOptions>"
    + online("https://x.gov/wms?request=GetCapabilities", "OGC:WMS")
    + online("https://x.gov/roads.zip", "WWW:DOWNLOAD-1.0-http--download")
    + online("https://x.gov/about", "WWW:LINK-1.0-http--link")
    + online("https://x.gov/arcgis/rest/services/roads/MapServer", "")
    + "</gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution></gmd:distributionInfo>"
)
WHOLE = iso(
    f"<gmd:abstract><gmx:Anchor>All roads of the county.</gmx:Anchor></gmd:abstract>"
    f"{party('pointOfContact', 'Help desk', 'help@x.gov')}{party('owner', 'County of X')}"
    f"{OFTEN}{LEGAL}{TOPIC}{box('-72', '-71', '41', '42')}{box('-71.5', '-70', '42', '43')}{WHEN}",
    SPREAD,
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("title", "Roads"),
        ("description", "All roads of the county."),
        ("publisher.name", "County of X"),
        ("contact.name", "Help desk"),
        ("contact.email", "help@x.gov"),
        ("issued", "2020-01-02"),
        ("modified", "2023-04-05"),
        ("metadata_modified", "2024-05-06"),
        ("frequency.value", "R/P3M"),
        ("frequency.as_published", "quarterly"),
        ("license.id", "CC0-1.0"),
        ("topics.0.label", "Inland waters"),
        ("as_published.topics.0", "inlandWaters"),
        ("spatial.bbox", [-72.0, 41.0, -70.0, 43.0]),
        ("temporal.start", "2001"),
        ("temporal.end", None),
        ("distributions.0.kind", "api"),
        ("distributions.0.format", "WMS"),
        ("distributions.1.kind", "download"),
        ("distributions.1.format", "ZIP"),
        ("distributions.2.kind", "page"),
        ("distributions.3.kind", "api"),
    ],
)
def test_a_written_iso_record(path: str, expected: object) -> None:
    assert value_at(map_record("iso-19115", WHOLE), path) == expected


def test_what_a_plan_needs_of_an_iso_record() -> None:
    found = light("iso-19115", WHOLE)
    assert (found.identifier, found.version) == ("a:1", "2024-05-06")
    assert title_of("iso-19115", WHOLE) == "Roads"
    nil = WHOLE.replace(text("a:1").encode(), b"").replace(
        b"<gmd:fileIdentifier>", b'<gmd:fileIdentifier gco:nilReason="missing">'
    )
    record, _ = SCHEMAS["iso-19115"].decode(nil)
    refusal = trouble("iso-19115", record)
    assert refusal is not None
    assert refusal.slug == "missing-identifier"


@pytest.mark.parametrize("sides", [("", "", "", ""), ("-72", "", "41", "42"), ("x", "y", "z", "w")])
def test_a_box_without_sides_is_none(sides: tuple[str, ...]) -> None:
    result = map_record("iso-19115", iso(box(*sides)))
    assert result.dataset.spatial is None
    assert ("invalid-spatial" in slugs(result)) == any(sides)


def test_another_root_element_is_refused() -> None:
    for schema in ("iso-19115", "fgdc"):
        with pytest.raises(Unmappable, match="unknown-xml"):
            map_record(schema, b"<metadata><dc>x</dc></metadata>")
    with pytest.raises(Unmappable, match="missing-title"):
        map_record("iso-19115", b"<MD_Metadata/>")


@needs_shared
def test_the_third_part_is_read_like_the_first() -> None:
    payload = open_feed("iso/iso19115-3/metawal.wallonie.be-catchments.xml")
    assert light("iso-19115", payload).identifier
    dataset = map_record("iso-19115", payload).dataset
    assert dataset.publisher
    assert dataset.contact
    assert dataset.modified
    assert dataset.distributions
    assert dataset.spatial
    assert dataset.description


@needs_shared
def test_two_files_with_one_identifier_are_told_apart_by_their_digest() -> None:
    pair = [light("iso-19115", data) for _, data in files("iso/duplicate-file-id")]
    assert len({one.identifier for one in pair}) == 1
    assert len({one.digest for one in pair}) == 2


@needs_shared
def test_a_real_fgdc_record() -> None:
    names = dict(files("fgdc/boston-ma"))
    result = map_record("fgdc", next(data for name, data in names.items() if "BostonBridges12" in name))
    dataset = result.dataset
    assert dataset.title == "Bridges Boston MA 2012"
    assert (dataset.issued, dataset.modified, dataset.as_published["issued"]) == (
        "2012-01-19",
        "2012-01-19",
        "20120119",
    )
    assert dataset.publisher is not None
    assert dataset.publisher.name == "Boston (Mass.). Dept. of Innovation and Technology."
    assert dataset.contact is not None
    assert dataset.contact.email == "william.toussaint@cityofboston.gov"
    assert dataset.spatial is not None
    assert dataset.spatial.bbox == [-71.185697, 42.23384, -70.975655, 42.39318]
    assert "Suffolk" in [place.name for place in dataset.spatial.places]
    assert [topic.label for topic in dataset.topics] == ["Structure"]
    assert dataset.access_level == "public"
    assert dataset.rights is not None
    assert dataset.rights.startswith("For educational noncommercial use only.")
    assert dataset.part_of[0].title == "Boston DOIT GIS Data"
    assert {offer.url for offer in dataset.distributions} >= {"http://gis.tufts.edu"}


@needs_shared
def test_every_real_record_is_mapped_with_what_people_need() -> None:
    have: Counter[str] = Counter()
    size = 0
    for _, payload in files("iso", "fgdc"):
        result = map_record(schema_of(payload), payload)
        size += 1
        for name in ("publisher", "distributions", "description", "contact", "modified"):
            have[name] += bool(getattr(result.dataset, name))
    assert size == 270
    assert all(have[name] >= 0.98 * size for name in ("publisher", "distributions", "description", "contact"))
    assert have["modified"] >= 0.94 * size


@needs_shared
@pytest.mark.parametrize("folder", ["iso", "fgdc/concord-ma"])
def test_a_record_cut_anywhere_is_refused(folder: str) -> None:
    for _, payload in files(folder):
        schema = schema_of(payload)
        for share in (0.1, 0.5, 0.99):
            with pytest.raises(Unmappable):
                map_record(schema, payload[: int(len(payload.rstrip()) * share)])
