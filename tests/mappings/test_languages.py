"""Languages are BCP 47 tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.languages import LANGUAGE_LIMIT, read_languages
from tests.mappings.crosswalk import find
from tests.mappings.reading import read
from tests.shared_data import needs_shared


@pytest.mark.parametrize(
    ("raw", "expected", "slugs"),
    [
        (["en-US"], ["en-US"], []),
        (["en-us"], ["en-US"], []),
        ("es", ["es"], []),
        (["en", "EN", "es"], ["en", "es"], []),
        (["us-EN"], ["en-US"], ["language-not-bcp47"]),
        ("English", ["en"], ["language-not-bcp47"]),
        ("English (United States)", ["en-US"], ["language-not-bcp47"]),
        ("eng; spa", ["en", "es"], ["language-not-bcp47"] * 2),
        ("en_US", ["en-US"], ["language-not-bcp47"]),
        ("Español", ["es"], ["language-not-bcp47"]),
        ("http://publications.europa.eu/resource/authority/language/ENG", ["en"], ["language-not-bcp47"]),
        ("zh-Hant-TW", ["zh-Hant-TW"], []),
        ("Klingonish", [], ["language-not-recognised"]),
        ("xx-yy", [], ["language-not-recognised"]),
        ([5], [], ["language-not-recognised"]),
        ([{"a": 1}], [], ["wrong-type"]),
    ],
)
def test_languages(raw: object, expected: list[str], slugs: list[str]) -> None:
    assert read(read_languages, raw) == (expected, slugs)


def test_a_list_of_all_languages_is_bounded() -> None:
    languages, _ = read(read_languages, [f"{a}{b}" for a in "abcdefghij" for b in "abcdefghij"])
    assert 0 < len(languages) <= LANGUAGE_LIMIT


@given(st.lists(st.sampled_from(["en", "English", "EN-us", "spa", "fr-CA", "??"]), max_size=8))
def test_each_language_stands_once(raw: list[str]) -> None:
    languages, _ = read(read_languages, raw)
    assert len(languages) == len(set(languages))


@needs_shared
def test_the_swapped_tag_of_the_energy_feed_is_put_right() -> None:
    _, dataset = find("dcat-us/federal-2025/energy.data.json", "DOE-019-FITARA-0001")
    assert read(read_languages, dataset["language"]) == (["en-US"], ["language-not-bcp47"])
