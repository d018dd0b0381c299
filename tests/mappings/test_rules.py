"""A portal's rules: what may be written, and what each makes of a record."""

import json
import time
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.dataset import Dataset
from mappings.rule_paths import read_path
from mappings.rule_patterns import Pattern
from mappings.ruled import map_ruled
from mappings.rules import LeftOut, RuleError, Rules, of_text, read_rules, written
from mappings.schemas import map_record
from mappings.xml_record import parse

SOCRATA: dict[str, Any] = {
    "resource": {
        "id": "abcd-1234",
        "name": "Street trees",
        "type": "chart",
        "attribution": "Somebody",
        "description": "Every tree that stands along a street.",
        "updatedAt": "2024-05-01T00:00:00Z",
    },
    "classification": {
        "domain_category": "Parks & Trees",
        "domain_tags": ["trees", "sample"],
        "domain_metadata": [
            {"key": "Department_Agency", "value": "Forestry"},
            {"key": "Meta_How-often", "value": "each month"},
            {"key": "Meta_From", "value": "2019-01-01"},
            {"key": "Meta_To", "value": "2023-12-31"},
            {"key": "Meta_Area", "value": "Springfield"},
        ],
    },
    "metadata": {"domain": "city.demo.socrata.com", "license": "City terms"},
    "permalink": "https://data.city.gov/d/abcd-1234",
}

CKAN: dict[str, Any] = {
    "id": "1",
    "name": "trees",
    "title": "Street trees",
    "license_id": "other",
    "license_title": "City terms",
    "organization": {"title": "City Hall"},
    "extras": [
        {"key": "agency", "value": "Forestry"},
        {"key": "extent", "value": '{"town": "Springfield"}'},
        {"key": "how.often", "value": "weekly"},
    ],
    "tags": [{"display_name": "trees"}, {"display_name": "parks"}],
}

DCAT: dict[str, Any] = {
    "identifier": "t",
    "title": "Street trees",
    "license": "City terms",
    "theme": ["Parks & Trees", "Environment"],
    "publisher": {"name": "Forestry Div."},
}


def ruled(record: dict[str, Any], rules: dict[str, Any], schema: str = "dcat-us-1.1") -> Dataset:
    return map_ruled(schema, json.dumps(record).encode(), written(rules)).dataset


def left_out(
    record: dict[str, Any], filters: dict[str, Any], schema: str = "socrata-discovery"
) -> str | None:
    try:
        ruled(record, {"filters": filters}, schema)
    except LeftOut as rule:
        return rule.rule
    return None


# --- patterns and paths -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("Test", "test", True),
        ("Test", "a test", False),
        ("test *", "Test  of something", True),
        ("test *", "testing", False),
        ("*test*", "A contest", True),
        ("*.demo.*", "city.demo.socrata.com", True),
        ("a*b*c", "a c b c", True),
        ("a*b*c", "acb", False),
        ("ab*ba", "aba", False),
        ("What?", "what?", True),
        ("[draft]*", "[DRAFT] budget", True),
    ],
)
def test_a_pattern_is_literal_but_for_its_asterisks(pattern: str, text: str, matches: bool) -> None:
    assert Pattern.of(pattern).matches(text) is matches


@given(st.text("ab*", min_size=1, max_size=8), st.text("ab", max_size=12))
def test_a_pattern_says_what_a_shell_would_say(pattern: str, text: str) -> None:
    assert Pattern.of(pattern).matches(text) == fnmatchcase(text, pattern)


def test_no_pattern_makes_a_harvest_hang() -> None:
    begun = time.process_time()
    assert not Pattern.of("*a" * 99 + "*b").matches("a" * 1_000_000)
    assert not Pattern.of("*" + "a" * 99 + "b*" + "a" * 90 + "c").matches("a" * 1_000_000)
    assert time.process_time() - begun < 0.1


@pytest.mark.parametrize(
    ("path", "record", "values"),
    [
        ("publisher.name", DCAT, ["Forestry Div."]),
        ("theme", DCAT, [["Parks & Trees", "Environment"]]),
        ("theme[1]", DCAT, ["Environment"]),
        ("theme[7]", DCAT, []),
        ("publisher.none.here", DCAT, []),
        ("extras.agency", CKAN, ["Forestry"]),
        ('extras["how.often"]', CKAN, ["weekly"]),
        ("extras['how.often']", CKAN, ["weekly"]),
        ("extras.extent.town", CKAN, ["Springfield"]),
        ("tags.display_name", CKAN, ["trees", "parks"]),
        ('classification.domain_metadata["Department_Agency"]', SOCRATA, ["Forestry"]),
        ("classification.domain_metadata.Department_Agency", SOCRATA, ["Forestry"]),
    ],
)
def test_a_path_leads_to_what_a_portal_keeps_there(
    path: str, record: dict[str, Any], values: list[Any]
) -> None:
    found = read_path(path)
    assert found is not None
    assert found.values(record) == values


def test_a_path_leads_through_the_elements_of_an_xml_record_by_their_local_names() -> None:
    root, _ = parse(
        b'<g:MD_Metadata xmlns:g="urn:g"><g:info><g:owner><g:CharacterString>Forestry</g:CharacterString>'
        b"</g:owner><g:owner>Parks</g:owner></g:info></g:MD_Metadata>"
    )
    for text in ("info.owner", "g:info.g:owner"):
        path = read_path(text)
        assert path is not None
        assert path.values({"identifier": "x", "root": root}) == ["Forestry", "Parks"]


@pytest.mark.parametrize(
    "text", ["", ".", "a.", ".a", "a..b", "a[", 'a["b]', "a[b]", "a[]b", "[0]", "a]b", "a[1]b"]
)
def test_what_is_no_path_is_refused(text: str) -> None:
    assert read_path(text) is None


@given(
    st.text("ab.[]\"'0", max_size=30), st.recursive(st.none() | st.text(max_size=3) | st.integers(), st.lists)
)
def test_no_path_breaks_on_any_record(text: str, value: Any) -> None:
    if (path := read_path(text)) is not None:
        path.values({"a": value, "b": {"a": [{"key": "a", "value": value}, value]}})


# --- what may be written ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "key", "allowed"),
    [
        ({"field": {}}, "rules.field", "fields, values, filters and defaults"),
        ({"fields": []}, "rules.fields", "table"),
        ({"fields": {"agencies": "a"}}, "rules.fields.agencies", "publisher"),
        ({"fields": {"publisher": "a."}}, "rules.fields.publisher", "publisher.name"),
        ({"fields": {"publisher": 7}}, "rules.fields.publisher", "text in quotes"),
        ({"fields": {"publisher": []}}, "rules.fields.publisher", "list"),
        ({"fields": {"publisher": "a", "agency": "b"}}, "rules.fields.agency", "another word for publisher"),
        ({"values": {"title": {"a": "b"}}}, "rules.values.title", "license"),
        ({"values": {"license": "MIT"}}, "rules.values.license", "as published"),
        ({"values": {"license": {"City terms": "Our own"}}}, 'rules.values.license."City terms"', "SPDX"),
        ({"values": {"frequency": {"x": "whenever"}}}, 'rules.values.frequency."x"', "R/P1M"),
        ({"values": {"publisher": {"*": "City"}}}, 'rules.values.publisher."*"', "everything"),
        ({"filters": {"name": "x"}}, "rules.filters.name", "title, keyword, type and fields"),
        ({"filters": {"type": "chart"}}, "rules.filters.type", "dashboard"),
        ({"filters": {"title": "**"}}, "rules.filters.title", "everything"),
        ({"filters": {"title": ["a", ""]}}, "rules.filters.title", "text in quotes"),
        ({"filters": {"title": "a" * 201}}, "rules.filters.title", "200 characters"),
        ({"filters": {"fields": "x"}}, "rules.filters.fields", "table"),
        ({"filters": {"fields": {"a[": "x"}}}, 'rules.filters.fields."a["', "path"),
        ({"defaults": {"title": "x"}}, "rules.defaults.title", "contact_email"),
        ({"defaults": {"contact_email": "nobody"}}, "rules.defaults.contact_email", "data@example.gov"),
        ({"defaults": {"license": "Our own"}}, "rules.defaults.license", "SPDX"),
    ],
)
def test_a_mistake_is_said_with_its_key_and_what_is_allowed(
    rules: dict[str, Any], key: str, allowed: str
) -> None:
    with pytest.raises(RuleError) as caught:
        read_rules(rules)
    assert caught.value.key == key
    assert allowed in caught.value.allowed


def test_the_same_rules_are_the_same_text_in_whatever_order_they_stand() -> None:
    rules = {"values": {"publisher": {"a": "A", "b": "B"}}, "filters": {"title": ["x"]}, "fields": {}}
    other = {"filters": {"title": ["x"]}, "values": {"publisher": {"b": "B", "a": "A"}}}
    assert written(rules) == written(other)
    assert written({}) == written({"fields": {}, "filters": {}}) == ""
    assert of_text("") == Rules()


# --- what they make of a record -----------------------------------------------------------------------


def test_the_named_fields_hold_what_discovery_has_no_field_for() -> None:
    custom = "classification.domain_metadata"
    dataset = ruled(
        SOCRATA,
        {
            "fields": {
                "agency": [f'{custom}["Nowhere"]', f'{custom}["Department_Agency"]'],
                "frequency": f'{custom}["Meta_How-often"]',
                "place": f'{custom}["Meta_Area"]',
                "period_start": f'{custom}["Meta_From"]',
                "period_end": f'{custom}["Meta_To"]',
            },
            "values": {"frequency": {"each month": "monthly"}},
        },
        "socrata-discovery",
    )
    assert dataset.publisher is not None
    assert (dataset.publisher.name, dataset.publisher.as_published) == ("Forestry", "Forestry")
    assert dataset.frequency is not None
    assert (dataset.frequency.value, dataset.frequency.as_published) == ("R/P1M", "each month")
    assert dataset.spatial is not None
    assert [place.name for place in dataset.spatial.places] == ["Springfield"]
    assert dataset.temporal is not None
    assert (dataset.temporal.start, dataset.temporal.end) == ("2019-01-01", "2023-12-31")


def test_a_field_that_a_rule_uses_is_not_left_over() -> None:
    record = {"identifier": "x", "title": "T", "bureau": "Forestry", "shade": "dark", "own": {"city": "Ames"}}
    rules = {"fields": {"publisher": "bureau", "place": "own.city"}}
    mapped = map_ruled("dcat-us-1.1", json.dumps(record).encode(), written(rules))
    assert mapped.dataset.unmapped == {"shade": "dark"}
    assert [i.field for i in mapped.issues if i.slug == "unmapped-field"] == ["shade"]
    rules = {"fields": {"place": 'classification.domain_metadata["Meta_Area"]'}}
    left = ruled(SOCRATA, rules, "socrata-discovery").unmapped["domain_metadata"]
    assert "Meta_How-often" in left
    assert "Meta_Area" not in left


def test_extras_of_ckan_are_named_by_their_keys() -> None:
    rules = {"fields": {"publisher": "extras.agency", "frequency": 'extras["how.often"]'}}
    dataset = ruled(CKAN, rules, "ckan")
    assert dataset.publisher is not None
    assert dataset.publisher.name == "Forestry"
    assert dataset.frequency is not None
    assert dataset.frequency.value == "R/P1W"


def test_where_a_rule_finds_nothing_the_record_speaks_for_itself() -> None:
    rules = {"fields": {"publisher": "extras.none", "license": "extras.agency2", "modified": "title"}}
    dataset = ruled(CKAN, rules, "ckan")
    plain = map_record("ckan", json.dumps(CKAN).encode()).dataset
    assert dataset == plain


@pytest.mark.parametrize(
    ("record", "schema"), [(SOCRATA, "socrata-discovery"), (CKAN, "ckan"), (DCAT, "dcat-us-1.1")]
)
def test_a_licence_of_the_citys_own_is_called_what_the_operator_knows_it_is(
    record: dict[str, Any], schema: str
) -> None:
    rules = {"values": {"licence": {"city TERMS": "CC-BY-4.0"}}}
    mapped = map_ruled(schema, json.dumps(record).encode(), written(rules))
    licence = mapped.dataset.license
    assert licence is not None
    assert (licence.id, licence.open) == ("CC-BY-4.0", True)
    assert licence.as_published in ("City terms", "other")
    assert "licence-not-recognised" not in {issue.slug for issue in mapped.issues}


def test_a_publisher_has_one_name_and_keeps_what_was_published() -> None:
    aliases = {"*": "x", "forestry*": "City", "Forestry Div*": "Urban Forestry"}
    with pytest.raises(RuleError):
        ruled(DCAT, {"values": {"publisher": aliases}})
    del aliases["*"]
    dataset = ruled(DCAT, {"values": {"publisher": aliases}})
    assert dataset.publisher is not None
    assert (dataset.publisher.name, dataset.publisher.as_published) == ("Urban Forestry", "Forestry Div.")


def test_a_category_counts_as_the_topic_it_is_said_to_be() -> None:
    plain = {topic.id for topic in map_record("dcat-us-1.1", json.dumps(DCAT).encode()).dataset.topics}
    dataset = ruled(DCAT, {"values": {"topic": {"Parks & Trees": "Recreation"}}})
    meant = {topic.id for topic in dataset.topics}
    assert "recreation" in " ".join(sorted(meant))
    assert len(meant - plain) == 1
    assert dataset.as_published["topics"]


def test_defaults_fill_what_is_open_and_say_so() -> None:
    rules = {
        "defaults": {
            "publisher": "City of Springfield",
            "contact_name": "Open data desk",
            "contact_email": "data@springfield.example",
            "license": "CC0-1.0",
        }
    }
    bare = {"identifier": "x", "title": "Bare"}
    mapped = map_ruled("dcat-us-1.1", json.dumps(bare).encode(), written(rules))
    dataset = mapped.dataset
    assert dataset.publisher is not None
    assert dataset.contact is not None
    assert dataset.license is not None
    assert (dataset.publisher.name, dataset.contact.email) == (
        "City of Springfield",
        "data@springfield.example",
    )
    assert dataset.license.id == "CC0-1.0"
    assert {i.field for i in mapped.issues if i.slug == "default-of-the-portal"} == set(rules["defaults"])
    assert dataset.quality == map_record("dcat-us-1.1", json.dumps(bare).encode()).dataset.quality
    with_own = ruled(DCAT | {"contactPoint": {"fn": "Ann"}}, rules)
    assert with_own.publisher is not None
    assert with_own.contact is not None
    assert (with_own.publisher.name, with_own.contact.name, with_own.contact.email) == (
        "Forestry Div.",
        "Ann",
        None,
    )


@pytest.mark.parametrize(
    ("filters", "rule"),
    [
        ({"title": "street*"}, "title = street*"),
        ({"title": "tree"}, None),
        ({"keyword": ["x", "SAMPLE"]}, "keyword = SAMPLE"),
        ({"fields": {"resource.type": ["chart", "story"]}}, "resource.type = chart"),
        ({"fields": {"metadata.domain": "*.demo.*"}}, "metadata.domain = *.demo.*"),
        ({"fields": {'classification.domain_metadata["Department_Agency"]': "Parks"}}, None),
        ({"fields": {"resource.attribution": "*"}}, "resource.attribution = *"),
        ({"fields": {"resource.nothing": "*"}}, None),
        ({"type": ["report", "api", "collection"]}, None),
        ({"type": ["dashboard", "map", "dataset"]}, "type = "),
    ],
)
def test_a_filter_leaves_out_what_it_names(filters: dict[str, Any], rule: str | None) -> None:
    found = left_out(SOCRATA, filters)
    assert found is None if rule is None else (found or "").startswith(rule)


def test_a_filter_on_fields_also_leaves_out_what_could_not_be_mapped() -> None:
    assert left_out({"identifier": "x", "state": "draft"}, {"fields": {"state": "draft"}}, "dcat-us-1.1")


@given(
    st.dictionaries(st.sampled_from(["title", "license", "theme", "publisher", "extras", "x"]), st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda v: st.lists(v, max_size=3) | st.dictionaries(st.sampled_from(["name", "key", "value"]), v),
        max_leaves=8,
    ))
)  # fmt: skip
def test_rules_take_any_record(record: dict[str, Any]) -> None:
    rules = {
        "fields": {name: ["x", "publisher", "extras.name", "theme[0]"] for name in ("publisher", "frequency",
            "spatial", "temporal", "temporal_start", "license", "topics", "issued", "contact_email")},
        "values": {name: {"a*": to} for name, to in (("license", "MIT"), ("topics", "Health"),
            ("publisher", "P"), ("spatial", "Ohio"), ("frequency", "daily"))},
        "filters": {"title": "q*", "keyword": "k", "fields": {"publisher.name": "z*"}},
        "defaults": {"publisher": "P", "license": "MIT"},
    }  # fmt: skip
    payload = json.dumps({**record, "title": "T"}).encode()
    try:
        mapped = map_ruled("dcat-us-1.1", payload, written(rules))
    except LeftOut:
        return
    assert mapped.dataset.license is not None
    assert mapped.dataset.publisher is not None
