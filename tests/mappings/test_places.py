"""Places: a name becomes one only where something says which, and says so where it was read from words."""

import time

import pytest

from mappings.dataset import Dataset, Place, Publisher, Spatial
from mappings.gazetteer import county, key_of, state_code, states, town, towns_called
from mappings.place_clues import Clues, around, clues_of, own_place
from mappings.place_names import resolve
from mappings.place_settling import settle_places
from mappings.place_texts import places_in
from mappings.settling import settle
from mappings.signature import signature
from tests.mappings.crosswalk import feeds, records
from tests.shared_data import needs_shared

NOWHERE = Clues()
MASSACHUSETTS = Clues("MA")
BOSTON_BOX = (-71.2, 42.2, -70.9, 42.4)


def test_the_gazetteer_holds_the_country() -> None:
    middlesex = county("middlesex", "MA")
    boston = town("boston", "MA")

    assert len(states()) == 53
    assert len(towns_called("springfield")) > 20
    assert middlesex is not None
    assert (middlesex.id, middlesex.label) == ("fips-25017", "Middlesex County, Massachusetts")
    assert boston is not None
    assert boston.id == "us-ma-boston"
    assert boston.counties == ("25025",)
    assert boston.box is not None
    assert boston.box[0] < -71.06 < boston.box[2]


def test_saint_mount_and_fort_are_spelled_as_they_come() -> None:
    assert town(key_of("St. Paul"), "MN") == town(key_of("Saint Paul"), "MN") is not None
    assert town(key_of("Fort Wayne"), "IN") == town(key_of("Ft. Wayne"), "IN") is not None


@pytest.mark.parametrize(
    ("text", "code"),
    [("MA", "MA"), ("Mass.", "MA"), ("N.H.", "NH"), ("State of Maryland", "MD"), ("in", None), ("XX", None)],
)
def test_states_are_known_by_name_code_and_old_abbreviation(text: str, code: str | None) -> None:
    assert state_code(text) == code


@pytest.mark.parametrize(
    ("name", "clues", "identifier"),
    [
        ("Boston, MA", NOWHERE, "us-ma-boston"),
        ("City of Boston, Massachusetts, USA", NOWHERE, "us-ma-boston"),
        ("Massachusetts--Boston", NOWHERE, "us-ma-boston"),
        ("Cambridge (Mass.)", NOWHERE, "us-ma-cambridge"),
        ("Cambridge, Middlesex County, Massachusetts", NOWHERE, "us-ma-cambridge"),
        ("Suffolk County, MA", NOWHERE, "fips-25025"),
        ("County of Suffolk, MA", NOWHERE, "fips-25025"),
        ("California - Statewide", NOWHERE, "fips-06"),
        ("Washington, D.C.", NOWHERE, "fips-11"),
        ("United States", NOWHERE, "us"),
        ("Hennepin County", NOWHERE, "fips-27053"),
        ("Orleans Parish, LA", NOWHERE, "fips-22071"),
        ("Springfield", NOWHERE, None),
        ("Springfield", MASSACHUSETTS, "us-ma-springfield"),
        ("Springfield", Clues("IL"), "us-il-springfield"),
        ("Middlesex County", NOWHERE, None),
        ("Middlesex County", MASSACHUSETTS, "fips-25017"),
        ("Middlesex", MASSACHUSETTS, "fips-25017"),
        ("Boston", Clues(box=BOSTON_BOX), "us-ma-boston"),
        ("Boston", NOWHERE, None),
        ("Paris", NOWHERE, None),
        ("Washington", NOWHERE, None),
        ("Washington", Clues("WA"), "fips-53"),
        ("New York", NOWHERE, None),
        ("Georgia", NOWHERE, None),
        ("Global", NOWHERE, None),
        ("Northern Hemisphere", MASSACHUSETTS, None),
        ("Springfield, Atlantis", MASSACHUSETTS, None),
        ("x" * 500, MASSACHUSETTS, None),
        (", ;()", MASSACHUSETTS, None),
    ],
)
def test_a_published_name_means_a_place(name: str, clues: Clues, identifier: str | None) -> None:
    found = resolve(name, clues)

    assert (found and found.id) == identifier


def test_a_new_york_city_portal_means_the_city() -> None:
    own = own_place("New York City")

    assert own is not None
    found = resolve("New York", Clues("NY", own))
    assert found is not None
    assert found.id == "us-ny-new-york"


def test_a_place_outside_the_published_box_is_not_meant() -> None:
    far = Clues("MA", box=(-73.5, 42.0, -73.0, 42.5))

    assert resolve("Boston", far) is None
    assert places_in("Parking in Boston, MA", None, far) == []


@pytest.mark.parametrize(
    ("title", "clues", "identifier", "evidence"),
    [
        ("Crime in Springfield, IL", NOWHERE, "us-il-springfield", "Springfield, IL"),
        (
            "Road Centerlines, Centre County, Pennsylvania",
            NOWHERE,
            "fips-42027",
            "Centre County, Pennsylvania",
        ),
        ("Wayne County Life Expectancy", Clues("MI"), "fips-26163", "Wayne County"),
        ("City of Pittsburgh Facilities", Clues("PA"), "us-pa-pittsburgh", "City of Pittsburgh"),
        ("Connecticut Schools", NOWHERE, "fips-09", "Connecticut"),
        ("New Hampshire Lakes 2010", NOWHERE, "fips-33", "New Hampshire"),
        ("Trees of St. Paul", Clues("MN"), "us-mn-saint-paul", "St. Paul"),
        ("Cambridge Parking", Clues("MA", town("cambridge", "MA")), "us-ma-cambridge", "Cambridge"),
    ],
)
def test_a_title_names_a_place(title: str, clues: Clues, identifier: str, evidence: str) -> None:
    found = places_in(title, None, clues)

    assert [(one.place.id, one.evidence) for one in found] == [(identifier, evidence)]


@pytest.mark.parametrize(
    "title",
    [
        "Springfield Parks",
        "Kansas City Permits",
        "Ohio River Gauges",
        "Lake Michigan Beaches",
        "Washington Street Trees",
        "University of Iowa Enrolment",
        "Union Members",
        "Crashes in may and or in",
        "Trade, IN BRIEF",
    ],
)
def test_words_that_only_look_like_places_are_none(title: str) -> None:
    assert places_in(title, None, NOWHERE) == []


def test_bare_names_in_descriptions_are_not_read() -> None:
    assert places_in("Wells", "As told by Lincoln and Jackson of Boston.", MASSACHUSETTS) == []
    assert [one.place.id for one in places_in("Wells", "Wells in the Town of Arlington.", MASSACHUSETTS)] == [
        "us-ma-arlington"
    ]


def test_the_narrowest_place_stays() -> None:
    found = places_in("Massachusetts: Boston, MA schools", None, NOWHERE)

    assert [one.place.id for one in found] == ["us-ma-boston"]


def test_published_places_get_ids_and_a_box_from_the_gazetteer() -> None:
    dataset = Dataset(
        "T", spatial=Spatial(places=[Place("Massachusetts"), Place("Middlesex"), Place("New England")])
    )
    settle_places(dataset, "other", "")

    assert dataset.spatial is not None
    assert dataset.spatial.places == [
        Place("Massachusetts", "fips-25"),
        Place("Middlesex County, Massachusetts", "fips-25017", as_published="Middlesex"),
        Place("New England"),
    ]
    assert dataset.spatial.bbox == [-71.9, 42.16, -71.03, 42.74]
    assert dataset.spatial.bbox_derived


def test_what_is_published_is_never_overridden() -> None:
    spatial = Spatial([-71.2, 42.2, -70.9, 42.5], [Place("Here")], as_published="Here")
    dataset = Dataset("Schools of Chicago, IL 2015-2019", spatial=spatial)
    settle_places(dataset, "city", "Boston, MA")

    assert dataset.spatial is not None
    assert dataset.spatial.places == [Place("Here")]
    assert dataset.spatial.bbox == [-71.2, 42.2, -70.9, 42.5]
    assert not dataset.spatial.bbox_derived


def test_a_silent_record_gets_derived_places_with_their_words() -> None:
    dataset = Dataset("Schools in Cambridge, MA")
    settle_places(dataset, "other", "")

    assert dataset.spatial is not None
    [place] = dataset.spatial.places
    assert (place.id, place.derived, place.evidence, place.confidence) == (
        "us-ma-cambridge", True, "Cambridge, MA", 0.95,
    )  # fmt: skip
    assert dataset.spatial.bbox_derived


def test_the_publisher_says_the_state_where_the_portal_does_not() -> None:
    dataset = Dataset("Springfield Parks", publisher=Publisher("x", "City of Springfield, MA"))
    settle(dataset, "other", "")

    assert dataset.spatial is not None
    assert [place.id for place in dataset.spatial.places] == ["us-ma-springfield"]


def test_a_dataset_is_recognised_by_what_was_published() -> None:
    dataset = Dataset("Crime in Boston, MA 2019", spatial=Spatial(places=[Place("Middlesex, MA")]))
    silent = Dataset("Crime in Boston, MA 2019")
    before = [signature(one, "a") for one in (dataset, silent)]
    for one in (dataset, silent):
        settle(one, "city", "Boston, MA")

    assert [signature(one, "a") for one in (dataset, silent)] == before


def test_boxes_across_the_antimeridian_are_not_joined() -> None:
    alaska, texas = (172.4, 51.2, -130.0, 71.4), (-106.6, 25.8, -93.5, 36.5)

    assert around([alaska]) == list(alaska)
    assert around([alaska, texas]) is None
    assert around([]) is None


def test_clues_come_from_jurisdictions_with_a_state() -> None:
    clues = clues_of(Dataset("T"), "county", "King County, WA")

    assert clues.state == "WA"
    assert clues.own is not None
    assert clues.own.id == "fips-53033"
    assert clues_of(Dataset("T"), "federal", "United States").national


def test_hostile_texts_take_no_time() -> None:
    began = time.perf_counter()
    for text in ("New " * 50_000, "County, " * 50_000, "St. " * 50_000, "A" * 200_000, ", MA" * 50_000):
        places_in(text[:1000], text, MASSACHUSETTS)
        resolve(text, MASSACHUSETTS)

    assert time.perf_counter() - began < 1


@needs_shared
def test_towns_of_the_fgdc_records_are_found() -> None:
    """Tufts writes "Cambridge", "Middlesex", "Massachusetts" as keywords of kind place."""
    from mappings.schemas import map_record
    from tests.shared_data import SHARED

    towns = []
    for path in sorted((SHARED / "fgdc").glob("cambridge-ma/*.xml"))[:20]:
        dataset = map_record("fgdc", path.read_bytes()).dataset
        settle(dataset, "other", "")
        towns.append({place.id for place in dataset.spatial.places} if dataset.spatial else set())

    assert towns
    assert sum("us-ma-cambridge" in ids for ids in towns) >= 0.8 * len(towns)


@needs_shared
def test_many_silent_records_of_counties_are_placed_in_their_own_county() -> None:
    found = own = 0
    for feed in feeds("arcgis-hub/latest/10b-55101_racine*", "arcgis-hub/latest/11b-39093_lorain*"):
        home, state = ("Racine County, WI", "WI") if "racine" in feed else ("Lorain County, OH", "OH")
        for _, record in records(feed):
            text = record.get("description")
            places = places_in(
                str(record.get("title")),
                text if isinstance(text, str) else None,
                Clues(state, own_place(home)),
            )
            found += bool(places)
            own += all(one.place.state == state for one in places) and bool(places)

    assert found > 50
    assert own / found >= 0.95
