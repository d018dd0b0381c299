"""Contacts get an address mail can be sent to, or none."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.emails import read_email
from tests.mappings.crosswalk import find
from tests.mappings.reading import read
from tests.shared_data import needs_shared

DATA_GOV = re.compile(r"^mailto:[\w_~!$&'()*+,;=:.-]+@[\w.-]+\.[\w.-]+?$", re.ASCII)
"""The pattern of `hasEmail` in data.gov's schema."""


@pytest.mark.parametrize(
    ("raw", "expected", "slugs"),
    [
        ("mailto:data@eia.gov", "data@eia.gov", []),
        ("mailto:O'Brien+data@sub.agency.gov", "O'Brien+data@sub.agency.gov", []),
        ("datosabiertos@saij.gob.ar", "datosabiertos@saij.gob.ar", ["email-without-mailto"]),
        ("mailto: patrick.wilke-brown@iowa.gov", "patrick.wilke-brown@iowa.gov", ["email-repaired"]),
        ("mailto:gisgroup@dc.gov?subject= DC AGO Question", "gisgroup@dc.gov", ["email-repaired"]),
        ("mailto:a@st.gov, b@st.gov", "a@st.gov", ["email-repaired"]),
        ("mailto:a%40st.gov", "a@st.gov", ["email-repaired"]),
        ("MAILTO:A@B.gov", "A@B.gov", ["email-repaired"]),
        ("mailto:mailto:a@b.gov", "a@b.gov", ["email-repaired"]),
        ("Jane Doe <jane@b.gov>", "jane@b.gov", ["email-repaired"]),
        ("mailto:Open Baltimore", None, ["invalid-email"]),
        ("mailto:eabbey", None, ["invalid-email"]),
        ("mailto:http://www.co.pope.mn.us/", None, ["invalid-email"]),
        ("http://www.cityofmadison.com/form/website-contact-form", None, ["invalid-email"]),
        ("https://x.gov/?to=a@b.gov", None, ["invalid-email"]),
        ("mailto:ü@b.de", None, ["invalid-email"]),
        ("mailto:a@b", None, ["invalid-email"]),
        ("mailto:a..b@-x.gov", None, ["invalid-email"]),
        ("mailto:", None, ["placeholder"]),
        ("N/A", None, ["placeholder"]),
        ("{{orgContactEmail}}", None, ["template-residue"]),
        ("[[REDACTED-EX B6]]", None, ["redacted"]),
        (["a@b.gov", "c@d.gov"], None, ["wrong-type"]),
    ],
)
def test_addresses(raw: object, expected: str | None, slugs: list[str]) -> None:
    assert read(read_email, raw) == (expected, slugs)


@given(st.one_of(st.emails(), st.text("ab@.:, ?<>%40mailto", max_size=80)))
def test_every_address_read_is_accepted_by_data_gov(raw: str) -> None:
    for written in (raw, "mailto:" + raw, f"{raw}; second@example.gov"):
        address, _ = read(read_email, written)
        assert address is None or DATA_GOV.fullmatch("mailto:" + address)


@needs_shared
def test_the_address_behind_a_space_is_found() -> None:
    _, dataset = find(
        "arcgis-hub/latest/03a-04_20220327.data.json",
        "https://open-iowa.opendata.arcgis.com/apps/iowa::iowa-broadband-prior-incentives",
    )
    assert read(read_email, dataset["contactPoint"]["hasEmail"]) == (
        "patrick.wilke-brown@iowa.gov",
        ["email-repaired"],
    )
