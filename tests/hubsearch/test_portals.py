"""From an operator's words to a portal's entry."""

import pytest

from harvesters.portal_entry import PortalsFileError
from hubsearch.portals import find_portal, id_from_url, new_portal


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://data.ct.gov", "data-ct-gov"),
        ("https://www.energy.gov/data.json", "energy-gov"),
        ("https://data.example.gov/open/data.json", "data-example-gov-open"),
        ("http://127.0.0.1:8080/feed.json", "127-0-0-1-feed"),
        ("data.boston.gov", "data-boston-gov"),
        ("https://" + "a" * 200 + ".gov", "a" * 64),
    ],
)
def test_an_id_is_made_from_the_host(url: str, expected: str) -> None:
    assert id_from_url(url) == expected


def test_options_are_keys_of_the_entry_and_read_as_toml_would() -> None:
    portal = new_portal(
        "https://data.example.gov",
        "socrata",
        portal_id=None,
        options=[
            "expected_minimum=150",
            "max_delete=0.25",
            "page_size=50",
            "allow_private=true",
            "domain=x.gov",
        ],
        title=None,
        level="city",
    )
    assert (portal.expected_minimum, portal.max_delete, portal.allow_private) == (150, 0.25, True)
    assert portal.options == {"page_size": 50, "domain": "x.gov"}
    assert (portal.level, portal.title) == ("city", "data.example.gov")


def test_an_option_without_a_value_is_refused_with_the_right_form() -> None:
    with pytest.raises(PortalsFileError, match="KEY=VALUE"):
        new_portal("https://x.gov", "dcat-us", portal_id=None, options=["robots"])


def test_an_unknown_id_is_answered_with_the_known_ones() -> None:
    known = new_portal("https://x.gov", "dcat-us", portal_id="x", options=[])
    with pytest.raises(PortalsFileError, match="there are: x"):
        find_portal([known], "y")
