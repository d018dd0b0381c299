"""One agency is one publisher on every portal, and a name that many governments have is never guessed."""

import pytest

from mappings.agencies import Setting, resolve, settle_publisher
from mappings.dataset import Contact, Dataset, Publisher

CONNECTICUT = Setting("state", "Connecticut")
IOWA = Setting("state", "State of Iowa")
CAMBRIDGE = Setting("city", "City of Cambridge, MA")
KING = Setting("county", "King County, WA")
FEDERAL = Setting("federal", "United States")
ANYWHERE = Setting()
US = ("federal", "United States")
CT = ("state", "Connecticut")
CAMBRIDGE_MA = ("city", "Cambridge, MA")


@pytest.mark.parametrize(
    ("name", "where", "identifier", "level", "jurisdiction"),
    [
        ("U.S. Dept. of Energy", ANYWHERE, "us-department-of-energy", *US),
        ("United States Department of Energy (DOE)", KING, "us-department-of-energy", *US),
        ("Department of Energy", FEDERAL, "us-department-of-energy", *US),
        ("DOE", FEDERAL, "us-department-of-energy", *US),
        ("Bureau of the Census", CONNECTICUT, "us-census-bureau", *US),
        ("US Census Bureau", KING, "us-census-bureau", *US),
        ("Centers for Medicare & Medicaid Services", ANYWHERE,
         "us-centers-for-medicare-and-medicaid-services",
         *US),
        ("U.S. Department of Transportation, Bureau of Transportation Statistics", ANYWHERE,
         "us-bureau-of-transportation-statistics", *US),
        ("NCHS Division, Centers for Disease Control and Prevention", ANYWHERE,
         "nchs-division-centers-for-disease-control-and-prevention", *US),
        ("Department of Public Health", CONNECTICUT, "connecticut-department-of-public-health", *CT),
        ("CT DPH", CONNECTICUT, "connecticut-department-of-public-health", *CT),
        ("CT Dept of Public Health", ANYWHERE, "connecticut-department-of-public-health", *CT),
        ("State of Iowa", IOWA, "state-of-iowa", "state", "Iowa"),
        ("Maryland State Department of Education", KING, "maryland-department-of-education",
         "state", "Maryland"),
        ("City of Denver", Setting("state", "Colorado"), "city-of-denver-co", "city", "Denver, CO"),
        ("Boston, City of", Setting("state", "Massachusetts"), "city-of-boston-ma", "city", "Boston, MA"),
        ("City of Boston, MA", FEDERAL, "city-of-boston-ma", "city", "Boston, MA"),
        ("County of Marin, CA", ANYWHERE, "marin-county-ca", "county", "Marin County, CA"),
        ("Marin County, California", ANYWHERE, "marin-county-ca", "county", "Marin County, CA"),
        (" Pierce County - Wisconsin", ANYWHERE, "pierce-county-wi", "county", "Pierce County, WI"),
        ("Public Works", CAMBRIDGE, "cambridge-ma-public-works", *CAMBRIDGE_MA),
        ("City of Cambridge Election Commission", CAMBRIDGE,
         "cambridge-ma-election-commission", *CAMBRIDGE_MA),
        ("City of Cambridge License Commission", CAMBRIDGE,
         "cambridge-ma-license-commission", *CAMBRIDGE_MA),
        ("City of Cambridge License Commission", ANYWHERE,
         "city-of-cambridge-license-commission", "city", None),
        ("Cambridge Election Commission", CAMBRIDGE, "cambridge-ma-election-commission", *CAMBRIDGE_MA),
        ("NYC Department of Education", Setting("city", "New York City"),
         "new-york-city-department-of-education",
         "city", "New York City"),
        ("King County Elections", KING, "king-county-wa-elections", "county", "King County, WA"),
        ("esri_en", KING, "esri", "other", None),
    ],
)  # fmt: skip
def test_spellings_of_one_agency_meet(
    name: str, where: Setting, identifier: str, level: str, jurisdiction: str | None
) -> None:
    found = resolve(name, where)

    assert found is not None
    assert (found.id, found.level, found.jurisdiction) == (identifier, level, jurisdiction)


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("Department of Energy", ANYWHERE),
        ("Department of Health", ANYWHERE),
        ("EPA", Setting("state", "Ohio")),
        ("Police Department", CONNECTICUT),
        ("Office of Management and Budget", Setting("state", "Delaware")),
        ("Oklahoma City Police Department", ANYWHERE),
        ("Delaware Valley Regional Planning Commission", ANYWHERE),
        ("Washington Metropolitan Area Transit Authority", ANYWHERE),
        ("New York Police Department", ANYWHERE),
        ("City of Lincoln/Lancaster County, NE Maps & Apps", ANYWHERE),
        ("Preservation Alliance for Greater Philadelphia", ANYWHERE),
        ("", ANYWHERE),
        ("()", CONNECTICUT),
    ],
)
def test_a_name_that_could_be_several_means_none(name: str, where: Setting) -> None:
    assert resolve(name, where) is None


def test_the_same_town_in_two_states_stays_two_and_one_without_a_state_stays_open() -> None:
    ids = {
        found.id
        for state in ("Massachusetts", "Illinois", "")
        if (found := resolve("City of Springfield", Setting("state" if state else "other", state)))
    }

    assert ids == {"city-of-springfield-ma", "city-of-springfield-il", "city-of-springfield"}


def test_a_neighbour_on_a_towns_portal_does_not_get_the_towns_state() -> None:
    found = resolve("City of Denver", CAMBRIDGE)

    assert found is not None
    assert found.id == "city-of-denver"


def test_a_gov_address_is_evidence() -> None:
    dataset = Dataset("T", publisher=Publisher("x", "Department of Energy", "Department of Energy"))
    dataset.contact = Contact(None, "a@hq.energy.gov")
    settle_publisher(dataset, "other", "")

    assert dataset.publisher is not None
    assert dataset.publisher.id == "us-department-of-energy"
    assert dataset.publisher.as_published == "Department of Energy"


def test_an_unknown_name_stays_itself_with_the_portals_level() -> None:
    dataset = Dataset("T", publisher=Publisher("mapit-minneapolis", "MapIT Minneapolis"))
    settle_publisher(dataset, "city", "Minneapolis, MN")

    assert dataset.publisher == Publisher(
        "mapit-minneapolis", "MapIT Minneapolis", "MapIT Minneapolis", "city", None, "Minneapolis, MN"
    )


def test_a_record_without_a_publisher_gets_none() -> None:
    dataset = Dataset("T")
    settle_publisher(dataset, "city", "Minneapolis, MN")

    assert dataset.publisher is None
