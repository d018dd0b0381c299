"""Which addresses a fetch may connect to."""

from ipaddress import ip_address

import pytest

from harvesters.egress import Egress, is_public, origin
from harvesters.fetch_error import FetchError
from harvesters.portal import Portal

NOT_PUBLIC = [
    *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1"),
    *("172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1"),
    *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808"),
    *("64:ff9b:1::1", "100::1", "2001::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::"),
    *("3fff::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "4000::1"),
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(FetchError) as caught:
        Egress().check("data.example.gov", 443, address)
    assert caught.value.slug == "egress-refused"
    assert "allow_private" in caught.value.message


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "52.206.68.26", "100.128.0.1", "172.32.0.1", "2600:1f18::1", "2a00:1450::1"]
)
def test_public_addresses_pass(address: str) -> None:
    Egress().check("data.example.gov", 443, address)


ALLOWED = Egress.of(
    Portal(
        "x",
        "socrata",
        "http://Portal.Internal:8080/x",
        allow_private=True,
        options={"discovery_url": "http://10.0.0.9/api/catalog/v1"},
    )
)


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("portal.internal", 8080, "127.0.0.1"),
        ("PORTAL.internal.", 8080, "::1"),
        ("portal.internal", 8080, "fd00::7"),
        ("10.0.0.9", 80, "10.0.0.9"),
        ("elsewhere.gov", 443, "8.8.8.8"),
    ],
)
def test_allow_private_opens_the_hosts_and_ports_of_the_entry(host: str, port: int, address: str) -> None:
    ALLOWED.check(host, port, address)


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("portal.internal", 8081, "127.0.0.1"),
        ("other.internal", 8080, "127.0.0.1"),
        ("127.0.0.1", 8080, "127.0.0.1"),
        ("portal.internal", 8080, "169.254.169.254"),
        ("portal.internal", 8080, "224.0.0.1"),
        ("portal.internal", 8080, "::ffff:127.0.0.1"),
    ],
)
def test_allow_private_opens_nothing_else(host: str, port: int, address: str) -> None:
    with pytest.raises(FetchError):
        ALLOWED.check(host, port, address)


def test_without_allow_private_an_entrys_own_host_is_no_exception() -> None:
    with pytest.raises(FetchError):
        Egress.of(Portal("x", "socrata", "http://127.0.0.1/")).check("127.0.0.1", 80, "127.0.0.1")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://A.gov/x", ("http", "a.gov", 80)),
        ("https://a.gov.:8443", ("https", "a.gov", 8443)),
        ("ftp://a.gov", ("ftp", "a.gov", 0)),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, expected: tuple[str, str, int]) -> None:
    assert origin(url) == expected
