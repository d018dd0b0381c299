"""The quality score: completeness from 0 to 1, in parts that add up, and no clock."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.dataset import (
    Column,
    Contact,
    Dataset,
    Distribution,
    Frequency,
    Licence,
    Link,
    Publisher,
    Spatial,
    Temporal,
)
from mappings.quality import WEIGHTS, score

COMPLETE = Dataset(
    title="Street trees",
    description="Every tree the city owns. " * 10,
    keywords=["trees", "parks", "species"],
    publisher=Publisher("parks", "Parks Department"),
    contact=Contact("Jo", "jo@city.gov"),
    issued="2020-01-01",
    modified="2024-01-01",
    frequency=Frequency("R/P1Y"),
    license=Licence("CC-BY-4.0"),
    access_level="public",
    documentation=[Link("Data dictionary", "https://city.gov/d")],
    spatial=Spatial([0.0, 0.0, 1.0, 1.0]),
    temporal=Temporal("2020", "2024"),
    distributions=[Distribution("https://city.gov/trees.csv", format="CSV")],
)


def test_the_weights_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)


def test_a_complete_record_earns_everything() -> None:
    assert score(COMPLETE).score == 1.0
    assert score(COMPLETE).parts == dict(WEIGHTS)


def test_a_bare_title_earns_its_own_weight() -> None:
    assert score(Dataset("Street trees")).score == WEIGHTS["title"]


@pytest.mark.parametrize(
    ("changes", "part", "share"),
    [
        ({"title": "STREET TREES"}, "title", 0.0),
        ({"title": "street_trees.shp"}, "title", 0.0),
        ({"description": None}, "description", 0.0),
        ({"description": "x" * 75}, "description", 0.5),
        ({"keywords": []}, "keywords", 0.0),
        ({"keywords": ["trees"]}, "keywords", 1 / 3),
        ({"publisher": None}, "publisher", 0.0),
        ({"contact": None}, "contact", 0.0),
        ({"contact": Contact("Jo")}, "contact", 0.25),
        ({"license": None}, "license", 0.0),
        ({"license": None, "rights": "Ask us."}, "license", 0.25),
        ({"license": Licence("custom", as_published="Ask us.")}, "license", 0.5),
        ({"license": Licence(None, as_published="None given")}, "license", 0.5),
        ({"modified": None}, "dates", 0.5),
        ({"frequency": None, "issued": None}, "dates", 0.5),
        ({"spatial": None}, "coverage", 0.5),
        ({"documentation": []}, "documentation", 0.0),
        ({"documentation": [], "columns": [Column("height")]}, "documentation", 0.5),
        ({"documentation": [], "columns": [Column("h", description="m")]}, "documentation", 1.0),
        ({"distributions": []}, "access", 0.0),
        ({"distributions": [], "landing_page": "https://city.gov"}, "access", 0.25),
        ({"distributions": [Distribution("https://city.gov", "page")]}, "access", 0.5),
        ({"distributions": [Distribution("https://city.gov/x")]}, "access", 0.75),
        ({"distributions": [], "access_level": "non-public"}, "access", 0.0),
        ({"distributions": [], "access_level": "non-public", "rights": "Minors."}, "access", 1.0),
    ],
)
def test_what_is_missing_costs_its_own_part_and_no_other(
    changes: dict[str, Any], part: str, share: float
) -> None:
    parts = score(replace(COMPLETE, **changes)).parts
    assert parts[part] == pytest.approx(WEIGHTS[part] * share, abs=1e-4)
    assert {name: parts[name] for name in parts if name != part} == {
        name: weight for name, weight in WEIGHTS.items() if name != part
    }


@settings(deadline=None)
@given(st.builds(Dataset, title=st.text(min_size=1)))
def test_the_score_is_the_sum_of_its_parts_between_zero_and_one(dataset: Dataset) -> None:
    quality = score(dataset)
    assert 0 <= quality.score <= 1
    assert quality.score == pytest.approx(sum(quality.parts.values()))
    assert list(quality.parts) == list(WEIGHTS)
