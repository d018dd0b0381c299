"""One canonical address for each search; a parameter over a limit or malformed is named."""

from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fields import FACETS_BY_NAME, SORTS
from index.query.model import BadRequest
from search_api.params import is_canonical, read_pairs, read_state
from search_api.state import SearchState


def state(query: str) -> SearchState:
    return read_state(read_pairs(query.encode()))


CANONICAL = [
    ("", ""),
    ("q=water", "q=water"),
    ("q=+water++quality+", "q=water+quality"),
    ("q=&sort=relevance&page=1&limit=20&match=auto&facet_limit=10&facets=true", ""),
    ("sort=title&q=water", "q=water&sort=title"),
    ("source=b&source=a&source=b", "source=a&source=b"),
    ("format=CSV", "format=csv"),
    ("format=&format=csv", "format=csv"),
    ("utm_source=mail&q=water&colour=blue", "q=water"),
    ("page=2&limit=50", "limit=50&page=2"),
    ("page=02", "page=2"),
    ("facets=false", "facets=false"),
    ("keyword=Child++Care", "keyword=child+care"),
    ("q=a%26b%3Dc", "q=a%26b%3Dc"),
    ("q=%E2%82%AC", "q=%E2%82%AC"),
    ("updated=30d&has=api&has=download", "has=api&has=download&updated=30d"),
    ("q=one&q=one", "q=one"),
]


@pytest.mark.parametrize(("given_query", "canonical"), CANONICAL)
def test_each_search_has_one_canonical_spelling(given_query: str, canonical: str) -> None:
    assert state(given_query).query_string() == canonical


BAD = [
    ("limit=1000000000", "limit"),
    ("limit=0", "limit"),
    ("limit=-1", "limit"),
    ("limit=ten", "limit"),
    ("limit=1e3", "limit"),
    ("limit=%D9%A3", "limit"),
    ("limit=" + "9" * 5_000, "limit"),
    ("page=0", "page"),
    ("page=501", "page"),
    ("page=101&limit=100", "page"),
    ("page=2.5", "page"),
    ("page=1&page=2", "page"),
    ("sort=banana", "sort"),
    ("sort=Title", "sort"),
    ("match=some", "match"),
    ("facets=maybe", "facets"),
    ("facet_limit=101", "facet_limit"),
    ("q=" + "x" * 513, "q"),
    ("q=" + "(" * 5_000, "q"),
    ("q=a%00b", "q"),
    ("q=one&q=two", "q"),
    ("source=a%00b", "source"),
    ("source=" + "x" * 301, "source"),
    ("&".join(f"source=s{n}" for n in range(101)), "source"),
    ("&".join(f"x=s{n}" for n in range(301)), "query"),
    ("q=%FF%FE", "query"),
]


@pytest.mark.parametrize(("query", "parameter"), BAD)
def test_what_is_over_a_limit_or_malformed_is_refused_by_name(query: str, parameter: str) -> None:
    with pytest.raises(BadRequest) as refused:
        state(query)
    assert refused.value.parameter == parameter
    assert len(refused.value.message) < 200


def test_the_last_page_within_the_window_can_be_asked_for() -> None:
    assert state("page=500").request(NOW).offset == 9_980
    assert state("page=100&limit=100").page == 100


NOW = datetime(2026, 1, 1, tzinfo=UTC)

NAMES = [*FACETS_BY_NAME, "q", "match", "sort", "page", "limit", "facet_limit", "facets", "utm"]
VALUES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "1", "2", "20", "auto", "any", *SORTS, "false", "CSV", "Straße", "ﬁ"]),
)


@given(st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=8))
def test_the_canonical_address_of_a_canonical_address_is_itself(pairs: list[tuple[str, str]]) -> None:
    try:
        first = state(urlencode(pairs, errors="replace"))
    except BadRequest:
        return
    again = state(first.query_string())
    assert again == first
    assert again.query_string() == first.query_string()
    assert is_canonical(read_pairs(first.query_string().encode()), first)


@given(st.binary(max_size=60))
def test_any_bytes_give_a_state_or_a_refusal(query: bytes) -> None:
    with suppress(BadRequest):
        read_state(read_pairs(query))


def test_taking_off_a_value_leaves_the_others_and_goes_to_the_first_page() -> None:
    there = state("q=water&format=csv&format=xml&source=a&page=3")
    assert there.without("format", "csv").query_string() == "format=xml&q=water&source=a"
    assert there.without("source", "a").query_string() == "format=csv&format=xml&q=water"
    assert there.without_facet("format").query_string() == "q=water&source=a"
    assert there.with_(sort="title").query_string() == "format=csv&format=xml&q=water&sort=title&source=a"
    assert there.with_(page=4).query_string() == "format=csv&format=xml&page=4&q=water&source=a"
