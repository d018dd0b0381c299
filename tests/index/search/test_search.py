"""The whole search, over the bundled sample in a store and an index."""

from collections.abc import Callable
from typing import Any

import pytest

from index.cards import dataset_path, store_cards
from index.fields import FACETS, SORTS
from index.query.model import BadRequest, SearchPage, SearchRequest
from index.search import NO_WORDS, SearchService
from tests.index.catalogue import NOW
from tests.index.search.conftest import BASE_URL, Hub

Search = Callable[..., SearchPage]


def test_a_result_shows_what_the_store_holds(hub: Hub, search: Search) -> None:
    result = search('"occupational employment and wage statistics"', limit=1).results[0]
    record = hub.store.record(result.id)
    assert record is not None
    assert record.dataset.publisher is not None
    assert result.title == record.dataset.title
    assert result.publisher == record.dataset.publisher.name
    assert result.source == record.source == "data-edd-ca-gov"
    assert result.modified == record.dataset.modified
    assert result.url == f"{BASE_URL}/dataset/{result.id}/occupational-employment-and-wage-statistics-oews"
    assert result.formats == ["CSV", "JSON", "XML", "RDF", "API"]
    assert result.license == record.dataset.license.id if record.dataset.license else None
    assert (result.type, result.access_level, result.also_at) == ("dataset", "public", [])
    assert not result.partial
    assert any(match for _, match in result.title_marks)
    assert any(match for _, match in result.snippet)


def test_results_keep_the_order_of_the_engine_and_scores_fall(search: Search) -> None:
    scores = [result.score for result in search("health plan", limit=50).results]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1] > 0


def test_auto_is_all_while_twenty_results_have_every_word(search: Search) -> None:
    page = search("health insurance")
    assert (page.match, page.total, page.all_total) == ("all", page.all_total, page.total)
    assert page.total >= 20
    assert not any(result.partial for result in page.results)


def test_auto_is_any_below_and_partial_results_are_marked(search: Search) -> None:
    page = search("san francisco bicycle parking", limit=100)
    assert page.match == "any"
    assert 0 < page.all_total < 20 < page.total
    flags = [result.partial for result in page.results]
    assert flags == [False] * page.all_total + [True] * (len(flags) - page.all_total)


def test_auto_looks_at_the_query_before_any_filter(search: Search) -> None:
    few = search("health insurance", filters={"source": ("opendata-maryland-gov",)})
    assert few.match == "all"
    assert few.total == few.all_total < 20
    in_text = search("health insurance source:opendata-maryland-gov -format:pdf")
    assert in_text.match == "all"


def test_all_total_counts_those_with_every_word_under_the_same_filters(search: Search) -> None:
    words, filters = "san francisco bicycle parking", {"level": ("city",)}
    page = search(words, filters=filters)
    assert page.match == "any"
    assert page.all_total == search(words, filters=filters, match="all").total
    assert page.total == search(words, filters=filters, match="any").total


@pytest.mark.parametrize("match", ["all", "any"])
def test_a_rule_that_is_asked_for_is_kept(search: Search, match: str) -> None:
    assert search("health insurance", match=match).match == match


def test_one_word_with_few_results_is_any_and_nothing_is_partial(search: Search) -> None:
    page = search("bicycle", limit=100)
    assert (page.match, page.total) == ("any", page.all_total)
    assert 0 < page.total < 20
    assert not any(result.partial for result in page.results)


@pytest.mark.parametrize("text", ["", "  ", "format:csv", "-energy"])
def test_without_words_the_newest_come_first(search: Search, text: str) -> None:
    assert search(text).results == search(text, sort="modified").results


def test_a_text_without_words_lists_everything_and_says_so(search: Search) -> None:
    page = search("☃ !!")
    assert page.total == search("").total
    assert page.hints == [NO_WORDS]


def test_newest_first_is_by_date_and_unknown_dates_come_last(search: Search) -> None:
    dates = [
        result.modified
        for offset in range(0, 2100, 100)
        for result in search("", sort="modified", limit=100, offset=offset).results
    ]
    known = [date for date in dates if date]
    assert dates == known + [None] * (len(dates) - len(known))
    assert len(known) > 1900
    assert [date[:4] for date in known] == sorted((date[:4] for date in known), reverse=True)


def test_most_popular_first_is_by_the_number_shown(search: Search) -> None:
    numbers = [result.popularity for result in search("", sort="popular", limit=100).results]
    assert None not in numbers
    assert numbers == sorted((number for number in numbers if number is not None), reverse=True)


def test_facets_are_labelled_and_in_the_order_of_the_table(search: Search) -> None:
    page = search("energy", facet_limit=3)
    assert list(page.facets) == [facet.name for facet in FACETS]
    assert all(len(values) <= 3 for name, values in page.facets.items() if name not in {"has", "updated"})
    first = page.facets["source"][0]
    assert (first.value, first.label) == ("energy", "Department of Energy")
    assert first.count == search("energy source:energy").total
    assert all(value.count for values in page.facets.values() for value in values)


def test_a_selected_value_stays_in_its_facet_even_with_nothing_to_find(search: Search) -> None:
    page = search("zoning", filters={"format": ("csv",), "has": ("map",)})
    assert page.total == 0
    assert [(v.value, v.count) for v in page.facets["has"] if v.value == "map"] == [("map", 0)]


def test_facets_can_be_left_out(search: Search) -> None:
    assert search("energy", facets=False).facets == {}


def test_nothing_found_names_the_ways_out(search: Search) -> None:
    page = search('format:CSV publisher:"U.S. Energy Information Administration" oil')
    assert page.total == 0
    assert [hint.rstrip("0123456789 datsei.") for hint in page.hints] == [
        "Without the filter Format “CSV” there ar",
        "Without the filter Publisher “U.S. Energy Information Administration” there ar",
        "Without any filter there ar",
    ]


def test_who_wants_no_hints_gets_the_same_page_without(search: Search) -> None:
    page = search("water zzzqqq", match="all", hints=False)
    assert (page.total, page.hints) == (0, [])
    assert search("water", hints=False) == search("water")


def test_nothing_found_with_every_word_names_what_some_words_find(search: Search) -> None:
    page = search("water zzzqqq", match="all")
    assert page.total == 0
    number = search("water zzzqqq", match="any").total
    assert page.hints == [f"With some of the words there are {number} datasets."]


def test_what_is_excluded_is_named_when_nothing_is_left(search: Search) -> None:
    assert search("water -water").hints == ["Without what the query excludes there are 21 datasets."]


def test_an_open_quotation_mark_is_said(search: Search) -> None:
    assert "quotation mark" in search('"water').hints[0]


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"limit": 10**9}, "limit"),
        ({"limit": 101}, "limit"),
        ({"limit": -1}, "limit"),
        ({"offset": -1}, "offset"),
        ({"offset": 10**9}, "offset"),
        ({"offset": 9_990, "limit": 20}, "offset"),
        ({"facet_limit": 0}, "facet_limit"),
        ({"facet_limit": 101}, "facet_limit"),
        ({"sort": "colour"}, "sort"),
        ({"match": "some"}, "match"),
        ({"q": "(" * 5000}, "q"),
        ({"q": "a\x00b"}, "q"),
        ({"q": " ".join(f"w{n}" for n in range(33))}, "q"),
    ],
)
def test_what_is_over_a_limit_is_refused_by_name(
    search: Search, given: dict[str, Any], parameter: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        search(**given)
    assert refused.value.parameter == parameter
    assert len(refused.value.message) < 200


@pytest.mark.parametrize("given", [{"limit": 0}, {"limit": 100}, {"offset": 9_980}, {"facet_limit": 100}])
def test_what_is_at_a_limit_is_answered(search: Search, given: dict[str, Any]) -> None:
    assert search("", **given).total > 2000


@pytest.mark.parametrize("sort", SORTS)
def test_paging_through_everything_meets_each_dataset_once(search: Search, sort: str) -> None:
    met = [
        result.id
        for offset in range(0, 2200, 100)
        for result in search("data", sort=sort, limit=100, offset=offset).results
    ]
    assert len(met) == len(set(met)) == search("data").total > 500


def test_a_dataset_removed_a_moment_ago_is_left_out_of_the_page(hub: Hub) -> None:
    gone = hub.service.search(SearchRequest(NOW, "energy", limit=3)).results[1].id
    read = store_cards(hub.store)
    service = SearchService(
        hub.store,
        hub.engine,
        BASE_URL,
        cards=lambda ids: {key: card for key, card in read(ids).items() if key != gone},
    )
    ids = [result.id for result in service.search(SearchRequest(NOW, "energy", limit=3)).results]
    assert len(ids) == 2
    assert gone not in ids


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("Water Quality (2020)", "/dataset/x1/water-quality-2020"),
        ("Montréal", "/dataset/x1/montreal"),
        ("", "/dataset/x1"),
        ("word " * 40, "/dataset/x1/" + "-".join(["word"] * 16)),
    ],
)
def test_the_address_of_a_dataset_reads_as_its_title(title: str, path: str) -> None:
    assert dataset_path("x1", title) == path
