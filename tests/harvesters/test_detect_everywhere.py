"""Every type found from its portal's root and from deep links, with the probes of all types in play.

One row for each interface and address, so that a probe which one type gains cannot take another's portal
unnoticed.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from harvesters.detect import detect
from harvesters.portal import Portal
from harvesters.registry import HARVESTERS
from tests.portals import (
    Answer,
    CkanPortal,
    CswPortal,
    DataGovPortal,
    HubPortal,
    LandingPortal,
    LoopbackServer,
    OaiPortal,
    OpendatasoftPortal,
    RdfPortal,
    RegisterPortal,
    SocrataPortal,
    StaticPortal,
    WafPortal,
)

TITLES = [f"Roads of district {number}" for number in range(5)]
PAGE = Answer(
    b"<!DOCTYPE html><title>Open data</title><h1>Welcome</h1>", headers={"Content-Type": "text/html"}
)
ISO = (
    '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco">'
    "<gmd:fileIdentifier><gco:CharacterString>{}</gco:CharacterString></gmd:fileIdentifier></gmd:MD_Metadata>"
)


def dcat() -> list[dict[str, Any]]:
    return [
        {"identifier": f"r{n}", "title": title, "description": title, "modified": "2024-01-01"}
        for n, title in enumerate(TITLES)
    ]


def document(*paths: str) -> LoopbackServer:
    head = {"conformsTo": "https://project-open-data.cio.gov/v1.1/schema"}
    return StaticPortal(
        dict.fromkeys(paths, PAGE) | {"/data.json": Answer(json.dumps({**head, "dataset": dcat()}).encode())}
    )


def hub_feed() -> LoopbackServer:
    head = {"conformsTo": "https://project-open-data.cio.gov/v1.1/schema"}
    feed = Answer(json.dumps({**head, "dataset": dcat()}).encode())
    return StaticPortal(
        {"/": PAGE, "/datasets/roads": PAGE, "/api/feed/dcat-us/1.1.json": feed, "/data.json": feed}
    )


def socrata() -> LoopbackServer:
    return SocrataPortal(
        [
            {"resource": {"id": f"aaaa-000{n}", "name": title}, "metadata": {"domain": "127.0.0.1"}}
            for n, title in enumerate(TITLES)
        ]
    )


def packages() -> list[dict[str, Any]]:
    return [{"id": str(n), "name": f"roads-{n}", "title": title} for n, title in enumerate(TITLES)]


def data_gov() -> LoopbackServer:
    return DataGovPortal(
        [
            {"slug": f"roads-{n}", "title": one["title"], "dcat": one, "harvest_record": "x", "popularity": 1,
             "organization": {"slug": "x"}}
            for n, one in enumerate(dcat())
        ]
    )  # fmt: skip


def opendatasoft() -> LoopbackServer:
    return OpendatasoftPortal(
        [
            {"dataset_id": f"roads-{n}", "metas": {"default": {"title": title}}, "fields": []}
            for n, title in enumerate(TITLES)
        ]
    )


def hub() -> LoopbackServer:
    return HubPortal(
        [
            {"id": f"{n:032x}", "type": "Feature", "properties": {"title": title}}
            for n, title in enumerate(TITLES)
        ]
    )


def rdf() -> LoopbackServer:
    return RdfPortal(
        [
            {"id": f"https://x.example/{n}", "title": title, "description": title, "modified": "2024-01-01",
             "keywords": ["roads"], "links": []}
            for n, title in enumerate(TITLES)
        ]
    )  # fmt: skip


def landing() -> LoopbackServer:
    said = json.dumps({"@context": "https://schema.org/", "@type": "Dataset", "name": TITLES[0]})
    page = f'<!DOCTYPE html><title>x</title><script type="application/ld+json">{said}</script>'.encode()
    return LandingPortal({"/": PAGE.body, "/dataset/roads": page, "/dataset/rails": page})


def jkan_files() -> dict[str, bytes]:
    return {
        f"_datasets/r{n}.md": f"---\ntitle: {t}\nresources: []\n---\n".encode() for n, t in enumerate(TITLES)
    }


def jkan_zip() -> LoopbackServer:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in jkan_files().items():
            archive.writestr(f"site-main/{name}", raw)
    packed = Answer(made.getvalue(), headers={"Content-Type": "application/zip"})
    return StaticPortal(dict.fromkeys(("/", "/site.zip", "/archive/HEAD.zip", "/download"), packed))


def jkan_index() -> LoopbackServer:
    links = "".join(f'<a href="r{n}.md">r{n}.md</a><br>' for n in range(5))
    listed = Answer(
        f'<html><title>Index of /</title><a href="../">Parent</a>{links}'.encode(),
        headers={"Content-Type": "text/html"},
    )
    pages = {path.removeprefix("_datasets"): Answer(raw) for path, raw in jkan_files().items()}
    return StaticPortal({"/": listed, "/_datasets/": listed, "/site/_datasets/": listed, **pages})


def rows() -> list[dict[str, Any]]:
    return [{"Title": title, "URL": f"https://x.example/{n}.csv"} for n, title in enumerate(TITLES)]


@dataclass(frozen=True)
class Interface:
    """A player; addresses below its root, and what below it becomes the entry's url: one for all, or where
    there is none, the address itself without its query."""

    type: str
    build: Callable[[], LoopbackServer]
    addresses: tuple[str, ...]
    url: str | None = ""


INTERFACES = {
    "dcat-us": Interface(
        "dcat-us",
        lambda: document("/", "/developer", "/dataset/roads"),
        ("", "data.json", "developer", "dataset/roads", "gone/elsewhere"),
        "data.json",
    ),
    "socrata": Interface(
        "socrata",
        socrata,
        ("", "browse?category=Roads", "d/aaaa-0001", "Transport/Roads/aaaa-0001/about_data",
         "resource/aaaa-0001.json", "api/catalog/v1?limit=1"),
    ),
    "ckan": Interface(
        "ckan",
        lambda: CkanPortal(packages()),
        ("", "dataset/roads-1", "organization/x", "api/3/action/status_show", "api/3/action/package_search"),
    ),
    "dkan": Interface("ckan", lambda: CkanPortal(packages(), dkan=True), ("", "dataset/roads-1", "search")),
    "data-gov": Interface("data-gov", data_gov, ("", "dataset/roads-1", "organization/x", "search?q=roads")),
    "arcgis-hub, feed": Interface(
        "arcgis-hub", hub_feed, ("", "datasets/roads", "api/feed/dcat-us/1.1.json", "search?q=roads")
    ),
    "arcgis-hub, records": Interface(
        "arcgis-hub",
        hub,
        ("", "datasets/town::roads/about", "search?collection=Dataset", "api/search/v1/catalog",
         "api/search/v1/collections/all/items?limit=1"),
    ),
    "opendatasoft": Interface(
        "opendatasoft",
        opendatasoft,
        ("", "explore/dataset/roads-1/", "explore/?q=x", "api/explore/v2.1/catalog/datasets?limit=1"),
    ),
    "dcat-rdf": Interface(
        "dcat-rdf", rdf, ("", "dataset/1", "catalog.ttl", "catalog.ttl?page=1"), "catalog.ttl"
    ),
    "waf": Interface(
        "waf",
        lambda: WafPortal({f"{path}/{n}.xml": b"<a/>" for path in ("iso", "old/iso") for n in range(3)}),
        ("iso/", "old/iso/", "old/"),
        None,
    ),
    "waf, root": Interface("waf", lambda: WafPortal({"a.xml": b"<a/>", "b.xml": b"<a/>"}), ("",)),
    "csw": Interface(
        "csw",
        lambda: CswPortal([ISO.format(n).encode() for n in range(5)]),
        ("", "csw", "csw?service=CSW&request=GetCapabilities", "csw?request=GetRecordById&id=1",
         "csw?service=CSW&request=GetCapabilities&version=2.0.2"),
        "csw",
    ),
    "oai-pmh": Interface(
        "oai-pmh",
        lambda: OaiPortal([(f"oai:x:{n}", title) for n, title in enumerate(TITLES)]),
        ("", "oai", "oai?verb=Identify", "oai?verb=ListRecords&metadataPrefix=oai_dc"),
        "oai",
    ),
    "landing-pages": Interface("landing-pages", landing, ("", "dataset/roads", "dataset/gone")),
    "landing-pages, sitemap": Interface("landing-pages", landing, ("sitemap/0.xml", "sitemap.xml"), None),
    "jkan, zip": Interface("jkan", jkan_zip, ("", "site.zip", "archive/HEAD.zip", "download?ref=main"), None),
    "jkan, index": Interface("jkan", jkan_index, ("", "_datasets/", "site/_datasets/"), None),
    "register": Interface(
        "register",
        lambda: RegisterPortal(rows()),
        ("", "register.csv", "semicolons.csv", "register.tsv", "windows.csv", "register.yaml"),
        None,
    ),
}  # fmt: skip


def table() -> Iterator[Any]:
    for name, interface in INTERFACES.items():
        for address in interface.addresses:
            yield pytest.param(interface, address, id=f"{name}: /{address}")


@pytest.mark.parametrize(("interface", "address"), list(table()))
def test_a_portal_is_found_as_its_own_type(interface: Interface, address: str) -> None:
    with interface.build() as portal:
        found = detect(Portal("p", "", portal.url + address, allow_private=True))
        meant = interface.url if interface.url is not None else address
        assert (found.type, found.url.partition("?")[0]) == (
            interface.type,
            portal.url + meant.partition("?")[0],
        ), found.evidence
    assert len(portal.seen) <= 40


def test_every_type_is_in_the_table_with_its_root_and_two_deep_links() -> None:
    told: dict[str, set[str]] = {}
    for interface in INTERFACES.values():
        told.setdefault(interface.type, set()).update(interface.addresses)
    assert told.keys() == HARVESTERS.keys()
    assert [name for name, found in told.items() if "" not in found or len(found) < 3] == []
