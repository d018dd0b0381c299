"""Topics: several portals' words for one subject meet, and what is only read from keywords says so."""

import tomllib
from pathlib import Path

import pytest

from mappings.dataset import Dataset, Topic
from mappings.issue import IssueLog
from mappings.topic_list import labels
from mappings.topic_settling import DERIVED_LIMIT, of_category, settle_topics
from mappings.topics import read_topics
from tests.mappings.crosswalk import feeds, records
from tests.shared_data import needs_shared

VOCABULARY = Path(__file__).resolve().parents[2] / "mappings" / "topics.toml"


def settled(title: str = "T", *, published: object = (), keywords: tuple[str, ...] = ()) -> Dataset:
    dataset = Dataset(title, keywords=list(keywords))
    dataset.topics = read_topics(
        list(published) if isinstance(published, tuple) else published, "t", IssueLog()
    )
    settle_topics(dataset)
    return dataset


@pytest.mark.parametrize(
    ("published", "topics"),
    [
        ("Transportation", ["transportation"]),
        ("transporte", ["transportation"]),
        ("TRAN", ["transportation"]),
        ("Transports, Déplacements", ["transportation"]),
        ("http://publications.europa.eu/resource/authority/data-theme/HEAL", ["health"]),
        ("inlandWaters", ["environment"]),
        ("planningCadastre", ["housing"]),
        ("imageryBaseMapsEarthCover", ["maps"]),
        ("Agriculture, fisheries, forestry and food", ["agriculture"]),
        ("Education, culture and sport", ["culture-recreation", "education"]),
        ("Public Safety", ["public-safety"]),
        ("Salud", ["health"]),
        ("Energy and Environment", ["energy", "environment"]),
        ("Medicare", ["health"]),
        ("geospatial", []),
        ("Datathon 2020", []),
        ("Other", []),
    ],
)
def test_a_published_category_means_topics(published: str, topics: list[str]) -> None:
    dataset = settled(published=published)

    assert [topic.id for topic in dataset.topics] == topics
    assert not any(topic.derived for topic in dataset.topics)


def test_what_was_published_stays_visible() -> None:
    assert settled(published="transit").as_published == {"topics": ["transit"]}
    assert settled(published="geospatial").as_published == {"topics": ["geospatial"]}
    assert settled(published="Transportation").as_published == {}


def test_keywords_and_title_give_derived_topics() -> None:
    dataset = settled("Fire Stations", keywords=("EMS",))

    assert dataset.topics == [
        Topic("public-safety", "Public Safety & Justice", derived=True),
        Topic("health", "Health", derived=True),
    ]
    assert dataset.as_published == {}


def test_beside_published_topics_only_what_title_and_keywords_agree_on_is_derived() -> None:
    alone = settled("Bus Stops", published=("Education",))
    agreed = settled("Bus Stops", published=("Education",), keywords=("transit",))

    assert [topic.id for topic in alone.topics] == ["education"]
    assert [(topic.id, topic.derived) for topic in agreed.topics] == [
        ("education", False),
        ("transportation", True),
    ]


def test_a_phrase_counts_before_its_words() -> None:
    assert [topic.id for topic in settled("Fire Hydrants").topics] == ["energy"]
    assert settled("State of the Art").topics == []


def test_one_word_inside_a_longer_keyword_is_too_little() -> None:
    assert settled(keywords=("office of school programs of wales",)).topics == []


def test_derived_topics_are_few() -> None:
    many = ("health", "school", "crime", "zoning", "bus", "solar", "budget")

    assert len(settled(keywords=many).topics) == DERIVED_LIMIT


def test_the_vocabulary_is_small_and_each_phrase_means_one_thing_but_for_crashes() -> None:
    rows = {name: row for name, row in tomllib.loads(VOCABULARY.read_text()).items() if isinstance(row, dict)}
    words = [word for row in rows.values() for word in row["words"]]
    twice = {word for word in words if words.count(word) > 1}

    assert 14 <= len(rows) <= 18
    assert labels() == {name: row["label"] for name, row in rows.items()}
    assert all("crash" in word or "collision" in word or "accident" in word for word in twice), twice


@needs_shared
def test_most_datasets_of_the_real_feeds_have_a_topic() -> None:
    found = total = 0
    for feed in feeds("dcat-us/federal-2025/*.json*", "arcgis-hub/latest/*.json*"):
        for _, record in records(feed)[::7]:
            keywords = record.get("keyword")
            dataset = Dataset(
                str(record.get("title")), keywords=keywords if isinstance(keywords, list) else []
            )
            dataset.keywords = [word for word in dataset.keywords if isinstance(word, str)]
            dataset.topics = read_topics(record.get("theme"), "theme", IssueLog())
            settle_topics(dataset)
            found, total = found + bool(dataset.topics), total + 1

    assert found / total >= 0.85


@needs_shared
def test_nearly_every_category_of_socrata_portals_is_known() -> None:
    known = total = 0
    for feed in feeds("socrata-discovery/*.jsonl*"):
        for _, record in records(feed)[::5]:
            category = record.get("classification", {}).get("domain_category")
            if isinstance(category, str) and category:
                known, total = known + bool(of_category(category)), total + 1

    assert known / total >= 0.95
