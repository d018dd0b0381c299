"""Licences get SPDX's identifier where there is one; a county's own terms stay its own."""

import pytest

from mappings import vocabulary
from mappings.dataset import Licence
from mappings.issue import IssueLog
from mappings.licences import licence_label, read_licence, url_key
from mappings.published import AS_PUBLISHED_LIMIT
from tests.mappings.crosswalk import feeds, find, records
from tests.mappings.reading import read
from tests.shared_data import load_lines, needs_shared


@pytest.mark.parametrize(
    ("url", "identifier", "is_open"),
    [
        ("http://creativecommons.org/publicdomain/zero/1.0", "CC0-1.0", True),
        ("https://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0-1.0", True),
        ("http://www.opendefinition.org/licenses/cc-zero", "CC0-1.0", True),
        ("http://creativecommons.org/publicdomain/mark/1.0/other-pd", "CC-PDM-1.0", True),
        ("http://creativecommons.org/licenses/by/3.0/legalcode", "CC-BY-3.0", True),
        ("https://creativecommons.org/licenses/by/4.0/deed.en", "CC-BY-4.0", True),
        ("https://creativecommons.org/licenses/by-sa/4.0", "CC-BY-SA-4.0", True),
        ("http://creativecommons.org/licenses/by-nc-sa/3.0/us/", "CC-BY-NC-SA-3.0-US", False),
        ("https://creativecommons.org/licenses/by/3.0/igo/", "CC-BY-3.0-IGO", True),
        ("https://creativecommons.org/licenses/by-nd/2.5/", "CC-BY-ND-2.5", False),
        ("http://www.opendefinition.org/licenses/cc-by", "CC-BY", True),
        ("http://opendatacommons.org/licenses/pddl/", "PDDL-1.0", True),
        ("http://www.opendatacommons.org/licenses/pddl/1.0/", "PDDL-1.0", True),
        ("http://www.opendefinition.org/licenses/odc-by", "ODC-By-1.0", True),
        ("https://opendatacommons.org/licenses/odbl/1-0/", "ODbL-1.0", True),
        ("https://www.usa.gov/government-works", "us-government-work", True),
        ("http://www.usa.gov/publicdomain/label/1.0/", "us-government-work", True),
        ("http://www.dati.gov.it/iodl/2.0/", "IODL-2.0", True),
        ("http://publications.europa.eu/resource/authority/licence/CC_BY_4_0", "CC-BY-4.0", True),
        ("https://data.norge.no/nlod/no/2.0", "NLOD-2.0", True),
        ("https://edg.epa.gov/EPA_Data_License.html", "us-government-work", True),
        ("https://wiki.data.gouv.fr/images/9/9d/Licence_Ouverte.pdf", "etalab-1.0", True),
    ],
)
def test_licence_urls_are_recognised_in_every_form(url: str, identifier: str, is_open: bool) -> None:
    licence, slugs = read(read_licence, url)
    assert licence is not None
    assert (licence.id, licence.open, licence.as_published) == (identifier, is_open, url)
    assert slugs == []


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("Public Domain", "public-domain"),
        ("Public Domain U.S. Government", "us-government-work"),
        ("Open Data Commons Public Domain Dedication and License", "PDDL-1.0"),
        ("Open Data Commons Open Database License", "ODbL-1.0"),
        ("Open Data Commons Open Database License (ODbL)", "ODbL-1.0"),
        ("Open Data Commons Attribution License", "ODC-By-1.0"),
        ("Creative Commons 1.0 Universal (Public Domain Dedication)", "CC0-1.0"),
        ("Creative Commons Attribution 4.0 International", "CC-BY-4.0"),
        ("Creative Commons Attribution 3.0 IGO", "CC-BY-3.0-IGO"),
        ("Creative Commons Attribution | Share Alike 3.0 Unported", "CC-BY-SA-3.0"),
        ("Creative Commons Attribution | No Derivative Works 3.0 Unported", "CC-BY-ND-3.0"),
        ("Creative Commons Attribution-Noncommercial-Share Alike 3.0 Unported", "CC-BY-NC-SA-3.0"),
        ("CC BY-NC 4.0", "CC-BY-NC-4.0"),
        ("CC-BY-SA", "CC-BY-SA"),
        ("CCBY", "CC-BY"),
        ("CC 0", "CC0-1.0"),
        ("cc-zero", "CC0-1.0"),
        ("other-pd", "public-domain"),
        ("New Brunswick Open Government Licence", "OGL-New-Brunswick"),
        ("Canada Open Government Licence", "OGL-Canada-2.0"),
        ("Licence Ouverte (Etalab)", "etalab-1.0"),
        # Socrata's data.json: name, attribution, URL
        ("Public Domain\nCook County GIS(http://www.cookcountygov.com/portal)", "public-domain"),
        ("Italian Open Data License 2.0\nRegione Lombardia(http://goo.gl/x)", "IODL-2.0"),
        (
            "Creative Commons Attribution 3.0 Unported\nCity(http://a.gov)\n"
            "http://creativecommons.org/licenses/by/3.0/legalcode",
            "CC-BY-3.0",
        ),
        # inside a sentence
        ("As a work of the government it has no copyright (17 U.S.C. § 105).", "us-government-work"),
        ("For educational noncommercial use only.", "other-nc"),
        (
            "Map services and data from The National Map are free and in the public domain. There are no "
            "restrictions; however, we request that you acknowledge the source.",
            "public-domain",
        ),
    ],
)
def test_licence_names_are_recognised_and_reported_where_a_url_is_wanted(name: str, identifier: str) -> None:
    licence, slugs = read(read_licence, name)
    assert licence is not None
    assert (licence.id, licence.as_published) == (identifier, name)
    assert slugs == ["licence-not-url"]
    log = IssueLog()
    assert read_licence(name, "license", log, url_expected=False) == licence
    assert log.issues == []


@pytest.mark.parametrize(
    "text",
    [
        "No license provided. Request permission to use.",
        "https://project-open-data.cio.gov/unknown-license",
        "https://project-open-data.cio.gov/unknown-license/#v1-legacy",
        "notspecified",
        "Other::License Not Specified",
        "None",
        "N/A",
    ],
)
def test_what_states_no_licence_says_so(text: str) -> None:
    assert read(read_licence, text) == (
        Licence("notspecified", None, None, text),
        ["licence-not-stated"],
    )


@pytest.mark.parametrize(
    ("text", "url", "slugs"),
    [
        (
            "https://www.cityofmadison.com/policy/data",
            "https://www.cityofmadison.com/policy/data",
            ["licence-not-recognised"],
        ),
        ("For reference use only", None, ["licence-not-recognised"]),
        ("See Terms of Use", None, ["licence-not-recognised"]),
        ("No restrictions", None, ["licence-not-recognised"]),
        ("This work is not in the public domain.", None, ["licence-not-recognised"]),
        ("https://creativecommons.org", "https://creativecommons.org", ["licence-not-recognised"]),
        ("Creative Commons", None, ["licence-not-recognised"]),
        (
            "<p><a href='http://a.gov/terms'>Terms</a><img src='http://a.gov/logo.png'></p>",
            "http://a.gov/terms",
            ["licence-is-html", "licence-not-recognised"],
        ),
        (
            "<a href='http://a.gov/1'>1</a><a href='http://a.gov/2'>2</a>",
            None,
            ["licence-is-html", "licence-not-recognised"],
        ),
    ],
)
def test_other_terms_are_kept_with_their_only_link(text: str, url: str | None, slugs: list[str]) -> None:
    assert read(read_licence, text) == (Licence("custom", url, None, text), slugs)


def test_a_whole_disclaimer_is_kept_in_part() -> None:
    licence, slugs = read(read_licence, "The County makes no warranty. " * 500)
    assert licence is not None
    assert len(licence.as_published or "") == AS_PUBLISHED_LIMIT
    assert slugs == ["licence-not-recognised"]


def test_the_same_text_in_another_record_is_another_object() -> None:
    first, _ = read(read_licence, "Public Domain")
    second, _ = read(read_licence, "Public Domain")
    assert first == second
    assert first is not second


def test_labels_are_found_in_any_case_and_for_every_creative_commons_licence() -> None:
    assert licence_label("cc0-1.0") == "Creative Commons Zero 1.0"
    assert (
        licence_label("cc-by-nc-sa-3.0-us") == "Creative Commons Attribution-NonCommercial-ShareAlike 3.0 US"
    )
    assert licence_label("CC-BY-4.0") == "Creative Commons Attribution 4.0"
    assert licence_label("no-such-licence") == "no-such-licence"


def test_no_spelling_belongs_to_two_licences() -> None:
    rows = vocabulary.load("licences")["licence"]
    spellings: dict[str, str] = {}
    for row in rows:
        names = {vocabulary.folded(name) for name in [row["id"], row["label"], *row.get("names", [])]}
        urls = {url_key(url) for url in [*row.get("urls", []), *([row["url"]] if "url" in row else [])]}
        for spelling in names | urls:
            assert spellings.setdefault(spelling, row["id"]) == row["id"], spelling


@needs_shared
@pytest.mark.parametrize(
    ("feed", "identifier", "licence_id", "slugs"),
    [
        (
            "arcgis-hub/latest/05c-01_minneapolis-minnesota_20220417.data.json",
            "https://opendata.minneapolismn.gov/maps/cityoflakes::snow-emergency-zenith-tags-2022",
            "CC0-1.0",
            ["licence-is-html"],
        ),
        (
            "arcgis-hub/latest/04c-02_city-of-baltimore-maryland_20220417.data.json",
            "https://data.baltimorecity.gov/maps/25869b8718c0419db87dad07de5b02d8",
            "esri-master-agreement",
            ["licence-is-html"],
        ),
    ],
)
def test_a_licence_inside_html_is_found(
    feed: str, identifier: str, licence_id: str, slugs: list[str]
) -> None:
    licence, found = read(read_licence, find(feed, identifier)[1]["license"])
    assert licence is not None
    assert licence.id == licence_id
    assert found == slugs


@needs_shared
def test_every_licence_of_the_socrata_portals_is_understood() -> None:
    names = {
        result["metadata"].get("license")
        for feed in feeds("socrata-discovery/*.jsonl*")
        for result in load_lines(feed)
    }
    unread = {name for name in names if "licence-not-recognised" in read(read_licence, name)[1]}
    assert len(names) > 10
    assert unread == {"See Terms of Use"}, "the portal's own terms"


@needs_shared
def test_nearly_every_licence_of_the_federal_feeds_is_recognised() -> None:
    licences = [
        dataset["license"]
        for feed in feeds("dcat-us/federal-2025/*.data.json*")
        for _, dataset in records(feed)
        if dataset.get("license")
    ]
    unread = [each for each in licences if "licence-not-recognised" in read(read_licence, each)[1]]
    assert len(licences) > 800
    assert len(unread) < 10
