"""From records to the document an engine indexes."""

from dataclasses import replace
from datetime import timedelta

from index.document import facet_labels_of, index_document
from index.document_text import TEXT_LIMIT
from index.fields import FACETS, TEXT_FIELDS
from index.store.model import Source, StoredRecord
from mappings.dataset import (
    Column,
    Dataset,
    Distribution,
    Frequency,
    Licence,
    Link,
    Place,
    Publisher,
    Spatial,
    Topic,
)
from tests.index.catalogue import NOW, documents

TOWN = Source("Town", "dcat-us", "https://town.example", "Town of Ayer", "Town of Ayer", "city")
STATE = Source("state", "socrata", "https://state.example", "State Portal", "Massachusetts", "state")
SOURCES = {"Town": TOWN, "state": STATE}

WHOLE = Dataset(
    title="Street Trees’ Census",
    description="Every tree.\nCounted twice.",
    keywords=["Trees", "Café"],
    topics=[Topic("environment", "Environment")],
    publisher=Publisher("dpw", "Public Works", as_published="DPW", parents=["Town Hall"]),
    modified="2024-05-01",
    frequency=Frequency("R/P1Y"),
    license=Licence("CC0-1.0"),
    access_level="restricted public",
    documentation=[Link("Dictionary", "https://town.example/d")],
    spatial=Spatial(bbox=[-71.6, 42.5, -71.5, 42.6], places=[Place("Ayer", "us-ma-ayer")]),
    landing_page="https://town.example/trees",
    distributions=[
        Distribution("https://town.example/t.csv", "download", format="CSV"),
        Distribution("https://town.example/api", "api", format="JSON"),
        Distribution("https://town.example/page", "page"),
    ],
    columns=[Column("tree_id", "Tree ID"), Column("dbh", "Diameter"), Column("species")],
)


def record(
    dataset: Dataset = WHOLE, source: str = "Town", record_id: str = "aaa", **more: object
) -> StoredRecord:
    made = StoredRecord(
        record_id, "aaa", source, "id-77", "id-77", "id-77", dataset, [], "dcat-us-1.1", None, NOW, NOW, "1"
    )
    return replace(made, **more)  # type: ignore[arg-type]


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n")]


def test_every_name_a_dataset_may_be_known_by_is_searched_each_on_a_line() -> None:
    texts = index_document([record()], SOURCES).texts
    assert lines(texts["all"]) == [
        "street trees census",
        "every tree counted twice",
        "trees",
        "cafe",
        "environment",
        "public works",
        "dpw",
        "town hall",
        "ayer",
        "town of ayer",
        "id 77",
        "https town example trees",
        "tree id",
        "diameter",
        "dbh",
        "species",
    ]
    assert lines(texts["title"]) == ["street trees census"]
    assert lines(texts["tags"]) == ["trees", "cafe", "environment"]
    assert set(texts) == {field.name for field in TEXT_FIELDS}


def test_facet_values_are_identifiers_in_lower_case() -> None:
    document = index_document([record()], SOURCES)
    assert document.facets == {
        "source": ["town"],
        "publisher": ["dpw"],
        "level": ["city"],
        "jurisdiction": ["town-of-ayer"],
        "type": ["dataset"],
        "topic": ["environment"],
        "place": ["us-ma-ayer"],
        "license": ["cc0-1.0"],
        "frequency": ["r/p1y"],
        "access": ["restricted-public"],
        "keyword": ["trees", "café"],
        "format": ["csv", "json"],
        "has": ["download", "api", "documentation"],
    }
    assert set(document.facets) == {facet.name for facet in FACETS if facet.kind == "value"}


def test_what_is_not_stated_is_a_value_where_people_ask_for_it() -> None:
    facets = index_document([record(Dataset("Bare"))], SOURCES).facets
    assert (facets["license"], facets["frequency"], facets["access"]) == (["unknown"],) * 3
    assert not {"publisher", "topic", "format", "keyword", "has"} & set(facets)


def test_sort_values_and_place() -> None:
    document = index_document([record(views=7, downloads=900)], SOURCES)
    assert document.id == "aaa"
    assert document.title_key == "street trees’ census"
    assert document.modified == 1714521600
    assert document.popularity == 7
    assert document.bbox == (-71.6, 42.5, -71.5, 42.6)
    bare = index_document([record(Dataset("Bare"), downloads=3)], SOURCES)
    assert (bare.modified, bare.popularity, bare.bbox) == (None, 3, None)


def test_a_cluster_has_the_canonical_record_s_title_and_everybody_s_values() -> None:
    copy = record(
        Dataset("Trees (copy)", keywords=["shade"], publisher=Publisher("mass", "Mass")),
        source="state",
        record_id="000",
        first_seen=NOW + timedelta(days=1),
        views=12,
    )
    document = index_document([copy, record()], SOURCES)
    assert document.title_key.startswith("street")
    assert document.facets["source"] == ["town", "state"]
    assert document.facets["level"] == ["city", "state"]
    assert document.facets["publisher"] == ["dpw", "mass"]
    assert document.facets["type"] == ["dataset"]
    assert document.popularity == 12
    assert {"trees copy", "shade", "state portal"} <= set(lines(document.texts["all"]))


def test_a_publisher_s_own_level_and_jurisdiction_come_before_the_portal_s() -> None:
    publisher = Publisher("epa", "EPA", level="federal", jurisdiction="United States")
    facets = index_document([record(Dataset("Air", publisher=publisher))], SOURCES).facets
    assert (facets["level"], facets["jurisdiction"]) == (["federal"], ["united-states"])


def test_a_record_of_thousands_of_columns_is_cut_at_a_word() -> None:
    columns = [Column(f"column number {number}") for number in range(9000)]
    whole = index_document([record(Dataset("Wide", columns=columns))], SOURCES).texts["all"]
    assert TEXT_LIMIT - 20 < len(whole) <= TEXT_LIMIT
    assert whole.split("\n")[-2].startswith("column number ")


def test_every_word_of_every_field_is_among_all_words_in_the_sample() -> None:
    for document in documents():
        every = set(document.texts["all"].split())
        assert all(set(text.split()) <= every for text in document.texts.values())


def test_labels_are_yielded_for_what_only_the_data_can_name() -> None:
    assert list(facet_labels_of(record(), TOWN)) == [
        ("source", "town", "Town of Ayer"),
        ("publisher", "dpw", "Public Works"),
        ("jurisdiction", "town-of-ayer", "Town of Ayer"),
        ("topic", "environment", "Environment"),
        ("place", "us-ma-ayer", "Ayer"),
    ]
