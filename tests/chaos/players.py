"""The registry of portal types: how to play a good portal of each, and how its records are changed.

A later type enters the matrix with one `Player` here (see the package's docstring).
"""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.chaos import (
    csw_player,
    data_gov_player,
    hub_player,
    jkan_player,
    landing_player,
    oai_player,
    opendatasoft_player,
    rdf_player,
    waf_player,
)
from tests.portals import (
    Answer,
    CkanPortal,
    DataGovPortal,
    HubPortal,
    LoopbackServer,
    OpendatasoftPortal,
    RegisterPortal,
    SocrataPortal,
    StaticPortal,
)
from tests.portals.register_portal import read_table, write_table
from tests.shared_data import load, load_lines

Change = Callable[[list[Any]], list[Any]]


@dataclass(frozen=True)
class Paging:
    """How a type that pages is asked. `at` makes of a query the one for what comes behind so many records of
    the catalogue, given their identifiers in its order; `size` names the parameter of the page size; `total`
    is where the declared total stands in an answer."""

    at: Callable[[dict[str, str], list[str], int], dict[str, str]]
    size: str
    total: tuple[str, ...]


@dataclass(frozen=True)
class Player:
    """One type.

    `type` names it in the matrix; an `entry` with another type plays a second interface of that one.
    `records` are about 64 real ones, `others` those of another publisher, in the form `build` takes them.
    `entry` holds the keys of the portal's entry besides id, url and the like. `put` gives a changed copy of a
    record; its fields are identifier, title, description, modified, link, and those named in `has`.
    `paging` says how those who page are asked.
    `rewrite` changes the records of one answer on the wire. `has` are the traits scenarios ask for, `lacks`
    those it has not, each with the reason shown in the matrix. `text` changes the text of an answer, where
    the body is not that text itself. `crawls` is a type that finds
    addresses in sitemaps or links: it asks for many, but none is the page of a query.
    """

    type: str
    records: Callable[[], list[Any]]
    others: Callable[[], list[Any]]
    build: Callable[[list[Any]], LoopbackServer]
    identifier: Callable[[Any], str]
    put: Callable[[Any, str, Any], Any]
    rewrite: Callable[[bytes, Change], bytes]
    has: frozenset[str]
    lacks: Mapping[str, str]
    entry: Mapping[str, Any] = field(default_factory=dict)
    paging: Paging | None = None
    crawls: bool = False
    text: Callable[[bytes, Callable[[bytes], bytes]], bytes] = lambda body, change: change(body)


def json_list(*path: str) -> Callable[[bytes, Change], bytes]:
    """`rewrite` for JSON answers with their records under `path`."""

    def rewrite(body: bytes, change: Change) -> bytes:
        document = json.loads(body)
        *above, key = path
        part = document
        for name in above:
            part = part[name]
        part[key] = change(part[key])
        return json.dumps(document).encode()

    return rewrite


@cache
def _treasury() -> list[Any]:
    records: list[Any] = load("dcat-us/federal-2025/treasury.data.json")["dataset"][:64]
    return records


@cache
def _personnel() -> list[Any]:
    records: list[Any] = load("dcat-us/federal-2025/opm.data.json")["dataset"][:64]
    return records


def _document(records: list[Any]) -> LoopbackServer:
    head = {"conformsTo": "https://project-open-data.cio.gov/v1.1/schema"}
    return StaticPortal({"/data.json": Answer(json.dumps({**head, "dataset": records}).encode())})


def _put_dcat_us(record: Any, name: str, value: Any) -> Any:
    changed = copy.deepcopy(record)
    if name == "link":
        changed["landingPage"] = value
        changed["distribution"] = [{"downloadURL": value, "title": value, "mediaType": "text/csv"}]
    else:
        key = {"keywords": "keyword", "distributions": "distribution"}.get(name, name)
        changed[key] = value
        if value is None:
            del changed[key]
    return changed


@cache
def _baltimore() -> list[Any]:
    found = load("arcgis-hub/latest/04c-02_city-of-baltimore-maryland_20220417.data.json")["dataset"]
    records: list[Any] = found[:64]
    return records


@cache
def _linn() -> list[Any]:
    found = load("arcgis-hub/latest/03b-19113_linn-county-iowa_20220417.data.json")["dataset"]
    records: list[Any] = found[:64]
    return records


def _hub(records: list[Any]) -> LoopbackServer:
    head = {"conformsTo": "https://project-open-data.cio.gov/v1.1/schema"}
    body = json.dumps({**head, "dataset": records}).encode()
    return StaticPortal({"/api/feed/dcat-us/1.1.json": Answer(body)})


@cache
def _cambridge() -> list[Any]:
    return load_lines("socrata-discovery/data.cambridgema.gov.jsonl")


@cache
def _new_jersey() -> list[Any]:
    found = {r["resource"]["id"]: r for r in load_lines("socrata-discovery/data.nj.gov.jsonl")}
    return [r | {"metadata": {"domain": "data.cambridgema.gov"}} for r in found.values()]


def _put_socrata(record: Any, name: str, value: Any) -> Any:
    changed = copy.deepcopy(record)
    resource = changed["resource"]
    if name == "link":
        changed["permalink"] = changed["link"] = resource["attribution_link"] = value
    elif name == "keywords":
        changed["classification"]["domain_tags"] = value
    elif name == "modified":
        resource["data_updated_at"] = resource["updatedAt"] = value
    else:
        key = {"identifier": "id", "title": "name"}.get(name, name)
        resource[key] = value
        if value is None:
            del resource[key]
    return changed


def _scrolled(query: dict[str, str], names: list[str], place: int) -> dict[str, str]:
    return {**query, "scroll_id": names[place - 1] if place else ""}


@cache
def _packages() -> list[Any]:
    packages: list[Any] = load("ckan/catalog.data.gov_treasury_packages_2017.json")[:64]
    return packages


@cache
def _other_packages() -> list[Any]:
    packages: list[Any] = load("ckan/catalog.data.gov_treasury_packages_2017.json")[100:164]
    return packages


def _put_ckan(record: Any, name: str, value: Any) -> Any:
    changed = copy.deepcopy(record)
    if name == "link":
        changed["url"] = value
        changed["resources"] = [{"url": value, "name": value, "format": "CSV"}]
        changed["extras"] = [pair for pair in changed["extras"] if pair["key"] != "landingPage"]
    elif name == "modified":
        changed["extras"] = [pair for pair in changed["extras"] if pair["key"] != "modified"]
        changed["metadata_modified"] = value
    else:
        keys = {"identifier": "id", "description": "notes", "keywords": "tags", "distributions": "resources"}
        key = keys.get(name, name)
        changed[key] = value
        if value is None:
            del changed[key]
    return changed


def _started(query: dict[str, str], _names: list[str], place: int) -> dict[str, str]:
    return {**query, "start": str(place)}


def _rows(records: list[Any]) -> list[Any]:
    """Catalogue records as an agency would write them into a table by hand."""
    return [
        {
            "ID": record["identifier"],
            "Dataset Name": record["title"],
            "Description": record["description"],
            "URL": f"https://files.example.gov/{number}.csv",
            "Agency": record["publisher"]["name"],
            "Tags": "; ".join(record["keyword"]),
            "Last updated": record["modified"],
            "Landing page": record.get("landingPage", ""),
        }
        for number, record in enumerate(records)
    ]


def _put_register(record: Any, name: str, value: Any) -> Any:
    changed = dict(record)
    column = {
        "identifier": "ID",
        "title": "Dataset Name",
        "description": "Description",
        "keywords": "Tags",
        "modified": "Last updated",
        "link": "Landing page",
    }[name]
    changed[column] = "; ".join(value) if name == "keywords" else "" if value is None else str(value)
    if name == "identifier" and value is None:
        changed["URL"] = changed["Landing page"] = ""
    return changed


def _positioned(query: dict[str, str], _names: list[str], place: int) -> dict[str, str]:
    return {**query, "startPosition": str(place + 1)}


NOT_THESE = {
    "xml": "answers in JSON; needs type waf or csw",
    "rdf": "answers in plain JSON; needs type dcat-rdf",
    "folders": "has no folders to walk; needs type waf",
}

PLAYERS = (
    Player(
        type="dcat-us",
        records=_treasury,
        others=_personnel,
        build=_document,
        identifier=lambda record: str(record["identifier"]),
        put=_put_dcat_us,
        rewrite=json_list("dataset"),
        has=frozenset({"json", "keywords", "distributions"}),
        lacks=NOT_THESE | {"pages": "one document without pages", "total": "no total is declared"},
    ),
    Player(
        type="arcgis-hub",
        records=_baltimore,
        others=_linn,
        build=_hub,
        identifier=lambda record: str(record["identifier"]),
        put=_put_dcat_us,
        rewrite=json_list("dataset"),
        has=frozenset({"json", "keywords", "distributions"}),
        lacks=NOT_THESE | {"pages": "one feed without pages", "total": "no total is declared"},
    ),
    Player(
        type="arcgis-hub, records",
        records=lambda: hub_player.as_items(_baltimore()),
        others=lambda: hub_player.as_items(_linn()),
        build=lambda records: HubPortal(records, cap=20_000),
        identifier=lambda record: str(record["id"]),
        put=hub_player.put,
        rewrite=json_list("features"),
        has=frozenset({"json", "keywords", "pages", "total"}),
        lacks=NOT_THESE | {"distributions": "an item is one service, file or page; no list of distributions"},
        entry={"type": "arcgis-hub", "records": True, "page_size": 14},
        paging=Paging(hub_player.at_index, "limit", ("numberMatched",)),
    ),
    Player(
        type="socrata",
        records=_cambridge,
        others=_new_jersey,
        build=SocrataPortal,
        identifier=lambda record: str(record["resource"]["id"]),
        put=_put_socrata,
        rewrite=json_list("results"),
        has=frozenset({"json", "keywords", "pages", "total"}),
        lacks=NOT_THESE | {"distributions": "a result is one asset; no list of distributions"},
        entry={"domain": "data.cambridgema.gov", "page_size": 14},
        paging=Paging(_scrolled, "limit", ("resultSetSize",)),
    ),
    Player(
        type="ckan",
        records=_packages,
        others=_other_packages,
        build=lambda records: CkanPortal(records, cap=20_000),
        identifier=lambda record: str(record["id"]),
        put=_put_ckan,
        rewrite=json_list("result", "results"),
        has=frozenset({"json", "keywords", "distributions", "pages", "total"}),
        lacks=NOT_THESE,
        entry={"page_size": 14},
        paging=Paging(_started, "rows", ("result", "count")),
    ),
    Player(
        type="opendatasoft",
        records=lambda: opendatasoft_player.as_datasets(_treasury()),
        others=lambda: opendatasoft_player.as_datasets(_personnel()),
        build=lambda records: OpendatasoftPortal(records, largest=20_000, ceiling=40_000),
        identifier=lambda record: str(record["dataset_id"]),
        put=opendatasoft_player.put,
        rewrite=json_list("results"),
        has=frozenset({"json", "keywords", "distributions", "pages", "total"}),
        lacks=NOT_THESE,
        entry={"page_size": 14},
        paging=Paging(opendatasoft_player.at_offset, "limit", ("total_count",)),
    ),
    Player(
        type="data-gov",
        records=lambda: data_gov_player.as_results(_treasury()),
        others=lambda: data_gov_player.as_results(_personnel()),
        build=lambda records: DataGovPortal(records, largest=20_000),
        identifier=lambda record: str(record["slug"]),
        put=data_gov_player.put,
        rewrite=json_list("results"),
        has=frozenset({"json", "keywords", "distributions", "pages"}),
        lacks=NOT_THESE | {"total": "no total is declared; the cursor tells the end"},
        entry={"page_size": 14},
        paging=Paging(data_gov_player.behind, "per_page", ()),
    ),
    Player(
        type="register",
        records=lambda: _rows(_treasury()),
        others=lambda: _rows(_personnel()),
        build=RegisterPortal,
        identifier=lambda record: str(record["ID"]).strip(),
        put=_put_register,
        rewrite=lambda body, change: write_table(change(read_table(body))),
        has=frozenset({"keywords"}),
        lacks=NOT_THESE
        | {
            "json": "is a table, not JSON",
            "xml": "is a table; needs type waf or csw",
            "rdf": "is a table; needs type dcat-rdf",
            "pages": "one document without pages",
            "total": "no total is declared",
            "distributions": "a row has a few links; no list of distributions",
        },
    ),
    Player(
        type="csw",
        records=lambda: csw_player.plain(_treasury()),
        others=lambda: csw_player.plain(_personnel()),
        build=csw_player.build,
        identifier=lambda record: str(record["id"]),
        put=csw_player.put,
        rewrite=csw_player.rewrite,
        has=frozenset({"xml", "keywords", "pages"}),
        lacks={
            "json": "answers in XML, not JSON",
            "rdf": "answers in ISO 19139; needs type dcat-rdf",
            "folders": "has no folders to walk; needs type waf",
            "total": "its total is an attribute in XML; tests/harvesters/test_fetch_csw.py lies about it",
            "distributions": "a record is a tree of elements; it has no list of distributions",
        },
        entry={"page_size": 14},
        paging=Paging(_positioned, "maxRecords", ()),
    ),
    Player(
        type="dcat-rdf",
        records=lambda: rdf_player.plain(_treasury()),
        others=lambda: rdf_player.plain(_personnel()),
        build=rdf_player.build,
        identifier=lambda record: str(record["id"]),
        put=rdf_player.put,
        rewrite=rdf_player.rewrite,
        has=frozenset({"xml", "rdf", "keywords", "distributions", "pages"}),
        lacks={
            "json": "answers in RDF/XML, not JSON",
            "folders": "has no folders to walk; needs type waf",
            "total": "its total is a value in RDF; tests/harvesters/test_fetch_dcat_rdf.py lies about it",
        },
        entry={"run_budget": 25},  # 8,327 distributions are 40,000 triples for rdflib
        paging=Paging(rdf_player.at_page, "page_size", ()),
    ),
    Player(
        type="landing-pages",
        records=lambda: landing_player.as_datasets(_treasury()),
        others=lambda: landing_player.as_datasets(_personnel()),
        build=landing_player.build,
        identifier=lambda record: str(record["@id"]),
        put=landing_player.put,
        rewrite=landing_player.rewrite,
        has=frozenset({"xml", "keywords", "distributions"}),
        lacks={
            "json": "answers in HTML; what its JSON-LD can do is in tests/harvesters/test_landing_parts.py",
            "rdf": "its JSON-LD is read without any @context; needs type dcat-rdf",
            "folders": "has no folders to walk; needs type waf",
            "pages": "no page leads to a next one; sitemaps that loop are in test_fetch_landing_pages.py",
            "total": "no total is declared",
        },
        crawls=True,
    ),
    Player(
        type="waf",
        records=lambda: csw_player.plain(_treasury()),
        others=lambda: csw_player.plain(_personnel()),
        build=waf_player.build,
        identifier=lambda record: str(record["id"]),
        put=csw_player.put,
        rewrite=waf_player.rewrite,
        has=frozenset({"xml", "keywords", "folders"}),
        lacks={
            "json": "its files are XML, not JSON",
            "rdf": "its files are ISO 19139; needs type dcat-rdf",
            "pages": "no page leads to a next one; folders lead to files",
            "total": "no total is declared",
            "distributions": "a record is a tree of elements; it has no list of distributions",
        },
        crawls=True,
    ),
    Player(
        type="jkan",
        records=lambda: jkan_player.as_pages(_treasury()),
        others=lambda: jkan_player.as_pages(_personnel()),
        build=jkan_player.build,
        identifier=lambda record: str(record["id"]),
        put=jkan_player.put,
        rewrite=jkan_player.rewrite,
        has=frozenset({"keywords", "distributions"}),
        lacks={
            "json": "its files are Markdown in a zip, not JSON",
            "xml": "its files are Markdown; needs type waf or csw",
            "rdf": "its files are Markdown; needs type dcat-rdf",
            "folders": "is one archive; its index page leads to files alone",
            "pages": "one archive without pages",
            "total": "no total is declared",
        },
        text=jkan_player.in_each,
    ),
    Player(
        type="oai-pmh",
        records=lambda: csw_player.plain(_treasury()),
        others=lambda: csw_player.plain(_personnel()),
        build=oai_player.build,
        identifier=lambda record: str(record["id"]),
        put=csw_player.put,
        rewrite=oai_player.rewrite,
        has=frozenset({"xml", "keywords", "pages"}),
        lacks={
            "json": "answers in XML, not JSON",
            "rdf": "answers in Dublin Core; needs type dcat-rdf",
            "folders": "has no folders to walk; needs type waf",
            "total": "its total is an attribute in XML; tests/harvesters/test_fetch_oai_pmh.py lies about it",
            "distributions": "a record is a list of elements; it has no list of distributions",
        },
        entry={"metadata_prefix": "oai_dc"},
        paging=Paging(oai_player.behind, "cap", ()),
    ),
)
