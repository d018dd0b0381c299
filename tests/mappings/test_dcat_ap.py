"""What catalogues in RDF do to a dataset, each with the real catalogue that does it."""

import json
from typing import Any

import pytest

from mappings.dataset import Dataset
from mappings.schemas import map_record

ADDRESS = "https://data.example/d/1"


def literal(said: str) -> list[dict[str, str]]:
    return [{"@value": said}]


def mapped(**values: Any) -> Dataset:
    record = {"@id": ADDRESS, "identifier": ADDRESS, "dct:title": literal("Lakes")}
    record |= {name.replace("__", ":"): value for name, value in values.items()}
    return map_record("dcat-ap", json.dumps(record).encode()).dataset


def test_an_owner_is_the_publisher_where_nobody_else_is_named() -> None:  # geo.data.gouv's DATARA
    owner = [{"foaf:name": literal("Water Board")}]
    first, second = (
        mapped(dct__rightsHolder=owner),
        mapped(dct__rightsHolder=owner, dct__creator=literal("City")),
    )
    assert first.publisher is not None
    assert first.publisher.name == "Water Board"
    assert second.publisher is not None
    assert second.publisher.name == "City"


def test_a_dataset_that_leads_nowhere_is_looked_up_at_its_address() -> None:  # DCAT-AP-ES, E8
    assert mapped().landing_page == ADDRESS
    assert mapped(dcat__landingPage=[{"@id": "https://data.example/page"}]).landing_page != ADDRESS
    nameless = {"identifier": "a", "dct:title": literal("Lakes"), "@id": "urn:uuid:1"}
    assert map_record("dcat-ap", json.dumps(nameless).encode()).dataset.landing_page is None


def test_a_distribution_that_is_only_named_is_a_link() -> None:  # GeoNetwork
    found = mapped(dcat__distribution=[{"@id": "https://data.example/records/7"}])
    assert [offer.url for offer in found.distributions] == ["https://data.example/records/7"]
    assert found.landing_page is None


def test_a_service_that_hangs_on_the_dataset_is_an_api() -> None:  # DCAT-AP-ES, conventions
    service = [{"@type": ["dcat:DataService"], "dcat:endpointURL": [{"@id": "https://data.example/wms"}]}]
    assert [(offer.url, offer.kind) for offer in mapped(dcat__accessService=service).distributions] == [
        ("https://data.example/wms", "api")
    ]


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("dct__updated", "2021-05-05", "modified", "2021-05-05"),  # GeoNetwork
        ("dct__abstract", "Samples of every week.", "description", "Samples of every week."),  # udata
        ("pod__accessLevel", "non-public", "access_level", "non-public"),  # a data.json read as RDF
        ("pod__accessLevel", "secret", "access_level", None),
    ],
)
def test_neighbours_of_the_usual_properties_are_read(
    name: str, value: str, field: str, expected: Any
) -> None:
    assert getattr(mapped(**{name: literal(value)}), field) == expected


@pytest.mark.parametrize(
    ("source", "identifier", "url"),
    [
        ([{"@id": "https://o.gov/d"}], None, "https://o.gov/d"),
        ([{"@value": "84caab4b"}], "84caab4b", None),
        ([{"dct:identifier": [{"@value": "o-1"}], "dct:title": [{"@value": "Origin"}]}], "o-1", None),
    ],
)
def test_the_source_in_a_catalogue_record_is_the_origin(source: Any, identifier: Any, url: Any) -> None:
    origin = mapped(**{"^foaf__primaryTopic": [{"dct:source": source}]}).origin
    assert origin is not None
    assert (origin.identifier, origin.url) == (identifier, url)


def test_what_data_was_made_from_is_no_origin() -> None:
    found = mapped(dct__source=[{"@id": "https://o.gov/raw"}])
    assert (found.origin, found.derived_from) == (None, ["https://o.gov/raw"])
