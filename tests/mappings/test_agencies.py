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


def settled(
    name: str,
    level: str = "other",
    jurisdiction: str = "",
    *,
    email: str | None = None,
    page: str | None = None,
) -> Publisher:
    publisher = Publisher("x", name)
    contact = Contact("Jo", email) if email else None
    settle_publisher(
        Dataset("Roads", publisher=publisher, contact=contact, landing_page=page), level, jurisdiction
    )
    return publisher


@pytest.mark.parametrize(
    ("email", "page", "level", "jurisdiction"),
    [
        ("jo@cambridgema.gov", None, "city", "Cambridge, MA"),
        ("jo@water.ca.gov", None, "state", "California"),
        ("jo@countyofdane.com", None, "county", None),
        ("jo@co.dane.wi.us", None, "county", "Dane County, WI"),
        ("jo@ci.salem.or.us", None, "city", "Salem, OR"),
        ("jo@dep.state.pa.us", None, "state", "Pennsylvania"),
        ("jo@district.k12.or.us", None, "other", None),
        ("jo@usace.army.mil", None, "federal", "United States"),
        ("jo@fs.fed.us", None, "federal", "United States"),
        ("jo@example.gov.uk", None, "other", None),
        (None, "https://data.cityofberkeley.info/d/x", "city", None),
        (None, "https://hub-popecounty.hub.arcgis.com/x", "county", None),
        (None, "https://opendata.howardcountymd.gov/x", "county", "Howard County, MD"),
        ("jo@gmail.com", "https://data.cambridgema.gov/x", "city", "Cambridge, MA"),
        ("jo@pitt.edu", None, None, None),
        (None, "https://catalog.data.gov/dataset/x", None, None),
        ("jo@gmail.com", "https://storage.example.com/x", None, None),
    ],
)
def test_an_unknown_name_has_the_level_its_addresses_show(
    email: str | None, page: str | None, level: str | None, jurisdiction: str | None
) -> None:
    publisher = settled("Some Team", email=email, page=page)

    assert (publisher.id, publisher.name) == ("x", "Some Team")
    assert (publisher.level, publisher.jurisdiction) == (level, jurisdiction)


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("Villanova University", "other"),
        ("School District of Philadelphia", "other"),
        ("Southeast Michigan Council of Governments (SEMCOG)", "other"),
        ("Housing Authority of the City of Pittsburgh", "other"),
        ("Esri, Inc.", "other"),
        ("Baldwin Borough", "city"),
        ("Comune di Alessandria", "city"),
        ("Barcelona City Council", "city"),
        ("PopeCountyMN", "county"),
        ("U.S. Interagency Something", "federal"),
        ("Ministry of Silly Walks", "other"),
        ("College Park Police Department", None),
        ("Some Team", None),
        ("Data of a University and others, " * 4, None),
    ],
)  # fmt: skip
def test_an_unknown_name_has_the_level_its_words_show(name: str, level: str | None) -> None:
    assert settled(name).level == level


def test_words_go_before_addresses_and_addresses_before_the_portal() -> None:
    entry = ("state", "Pennsylvania")

    assert settled("Villanova University", *entry, email="jo@phila.gov").level == "other"
    assert settled("Some Team", *entry, email="jo@cambridgema.gov").jurisdiction == "Cambridge, MA"
    assert settled("Some Team", *entry).jurisdiction == "Pennsylvania"
    assert settled("Maryland Transportation Authority", "state", "Maryland").level == "state"


def test_what_many_governments_have_is_that_of_the_addresses() -> None:
    publisher = settled("Department of Public Health", page="https://data.ct.gov/d/x")

    assert (publisher.id, publisher.level) == ("connecticut-department-of-public-health", "state")
    assert settled("Department of Public Health", page="https://catalog.data.gov/d/x").level is None


def test_a_publisher_called_by_an_address_is_its_owner() -> None:
    names = {"data.cityofboston.gov": "City of Boston, MA", "http://www.census.gov/data": "Census Bureau"}

    assert {name: settled(name).name for name in names} == names
    assert settled("data.cityofboston.gov").as_published == "data.cityofboston.gov"
    assert settled("spatiality.org").name == "spatiality.org"


def test_the_agency_above_is_the_registers_where_the_record_names_none() -> None:
    assert settled("Census Bureau").parents == ["Department of Commerce"]
    unknown = settled("Division of Vital Things", email="jo@cdc.gov")
    assert (unknown.level, unknown.parents) == ("federal", ["Centers for Disease Control and Prevention"])
    named = Publisher("x", "Census Bureau", parents=["DOC"])
    settle_publisher(Dataset("Roads", publisher=named), "other", "")
    assert named.parents == ["DOC"]


@pytest.mark.parametrize(
    ("name", "identifier", "jurisdiction"),
    [
        ("Concord (Mass.). Dept. of Public Works", "concord-ma-department-of-public-works", "Concord, MA"),
        ("Cambridge (Mass.)", "city-of-cambridge-ma", "Cambridge, MA"),
        ("Suffolk County (Mass.)", "suffolk-county-ma", "Suffolk County, MA"),
    ],
)
def test_places_as_library_catalogues_write_them(name: str, identifier: str, jurisdiction: str) -> None:
    found = resolve(name, ANYWHERE)

    assert found is not None
    assert (found.id, found.jurisdiction) == (identifier, jurisdiction)
