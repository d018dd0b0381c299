"""Facet values as people give them."""

from collections.abc import Callable

import pytest

from index.fields import FACETS, FACETS_BY_NAME
from index.filters import Vocabulary
from index.labels import label_of
from index.query.model import BadRequest, SearchPage
from tests.index.search.conftest import Hub

Search = Callable[..., SearchPage]


@pytest.mark.parametrize(
    ("facet", "given"),
    [
        ("format", "csv"),
        ("format", "CSV"),
        ("source", "Department of Energy"),
        ("source", "energy"),
        ("publisher", "u.s. energy information  administration"),
        ("publisher", "us-energy-information-administration"),
        ("license", "CC0-1.0"),
        ("license", "Not stated"),
        ("license", "The publisher's own terms"),
        ("frequency", "Yearly"),
        ("frequency", "R/P1Y"),
        ("level", "FEDERAL"),
        ("jurisdiction", "San Francisco"),
        ("jurisdiction", "san-francisco"),
        ("access", "restricted public"),
        ("topic", "Health"),
        ("place", "United States"),
        ("keyword", "Original Medicare"),
        ("type", "Dataset"),
        ("has", "Documentation"),
        ("has", "api"),
        ("updated", "In the last 5 years"),
        ("updated", "5Y"),
    ],
)
def test_a_value_may_be_given_as_id_or_label_in_any_case(search: Search, facet: str, given: str) -> None:
    everything = search().total
    by_parameter = search(filters={facet: (given,)}, limit=1)
    by_text = search(f'{facet}:"{given}"', limit=1)
    assert by_parameter.hints == by_text.hints == []
    assert by_parameter.total == by_text.total > 0
    if facet != "type":
        assert by_parameter.total < everything


def test_values_in_the_text_and_beside_it_are_one_selection(search: Search) -> None:
    csv, api = search("format:csv").total, search("format:api").total
    both = search("format:csv", filters={"format": ("api",)}).total
    assert max(csv, api) < both < csv + api


def test_an_unknown_value_is_left_out_and_said(search: Search) -> None:
    page = search("water", filters={"format": ("xyz", "csv")})
    assert page.total == search("water format:csv").total > 0
    assert page.hints == ["No dataset has “xyz” as format; it was left out."]


def test_an_unknown_value_alone_does_not_filter(search: Search) -> None:
    page = search("water format:xyz")
    assert page.total == search("water").total > 0
    assert len(page.hints) == 1


def test_an_excluded_value_that_is_unknown_is_said_too(search: Search) -> None:
    page = search("water -format:xyz")
    assert page.total == search("water").total
    assert len(page.hints) == 1


def test_excluding_a_value_leaves_the_others(search: Search) -> None:
    without, of_it = search("energy -format:CSV").total, search("energy format:CSV").total
    assert without + of_it == search("energy").total


@pytest.mark.parametrize(("facet", "value"), [("has", "map"), ("updated", "7d")])
def test_a_value_of_a_closed_list_is_known_while_no_dataset_has_it(
    search: Search, facet: str, value: str
) -> None:
    page = search("zoning", filters={facet: (value,)})
    assert page.total == 0
    assert page.hints
    assert all("left out" not in hint for hint in page.hints)


def test_empty_values_are_nothing(search: Search) -> None:
    page = search("water", filters={"format": ("", "  "), "topic": ()})
    assert page.total == search("water").total
    assert page.hints == []


def test_a_facet_that_does_not_exist_is_refused(search: Search) -> None:
    with pytest.raises(BadRequest, match="there is no filter 'colour'") as refused:
        search(filters={"colour": ("red",)})
    assert refused.value.parameter == "colour"


def test_more_values_than_anybody_selects_are_refused(search: Search) -> None:
    with pytest.raises(BadRequest, match="at most 100 values"):
        search(filters={"keyword": tuple(f"k{number}" for number in range(101))})


def test_a_label_two_values_have_selects_both() -> None:
    stored = {("publisher", "epa-region-9"): "EPA", ("publisher", "epa"): "EPA"}

    class Two:
        def facet_values(self, facet: str) -> frozenset[str]:
            return frozenset({"epa-region-9", "epa-2"})

    stored[("publisher", "epa-2")] = "epa"
    vocabulary = Vocabulary(Two(), stored)  # type: ignore[arg-type]
    assert vocabulary.find(FACETS_BY_NAME["publisher"], "Epa") == ("epa-2", "epa-region-9")


def test_every_value_of_the_sample_has_a_label(hub: Hub) -> None:
    stored = hub.store.facet_labels()
    for facet in FACETS:
        values = facet.fixed or hub.engine.facet_values(facet.name)
        for value in values:
            label = label_of(facet.name, value, stored)
            assert label
            if facet.name not in {"keyword", "topic", "format", "jurisdiction", "publisher"}:
                assert label != value
