"""Topics: as published, each once, the EU's codes spelt out."""

from mappings.dataset import Topic
from mappings.issue import IssueLog
from mappings.topics import TOPIC_LIMIT, read_topics


def labels(raw: object) -> list[str]:
    return [topic.label for topic in read_topics(raw, "theme", IssueLog())]


def test_a_topic_is_its_label_under_a_slug() -> None:
    assert read_topics(["Public Safety"], "theme", IssueLog()) == [Topic("public-safety", "Public Safety")]


def test_one_topic_needs_no_list() -> None:
    assert labels("Health") == ["Health"]
    assert labels(None) == labels("") == labels([]) == []


def test_spellings_of_one_topic_count_once() -> None:
    assert labels(["Public Safety", "public safety", "PUBLIC-SAFETY"]) == ["Public Safety"]


def test_codes_of_the_eus_data_themes_are_spelt_out() -> None:
    base = "http://publications.europa.eu/resource/authority/data-theme/"
    assert labels(["JUST", f"{base}TRAN"]) == ["Justice, legal system and public safety", "Transport"]


def test_topics_of_other_scripts_have_ids_of_their_own() -> None:
    assert len({topic.id for topic in read_topics(["教育", "環境", "Όραση"], "theme", IssueLog())}) == 3


def test_marks_alone_are_no_topic() -> None:
    assert labels(["***", "Health"]) == ["Health"]


def test_topics_are_bounded() -> None:
    assert len(labels([f"topic {number}" for number in range(TOPIC_LIMIT + 50)])) == TOPIC_LIMIT
