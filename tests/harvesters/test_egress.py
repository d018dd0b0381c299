"""Which addresses a fetch may connect to."""

from ipaddress import ip_address

import pytest

from harvesters.addresses import followed, shown
from harvesters.egress import Egress, is_public, origin
from harvesters.fetch_error import FetchError
from harvesters.portal import Portal
from harvesters.portal_entry import PortalsFileError, portal_from_entry

NOT_PUBLIC = [
    *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1"),
    *("172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1"),
    *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808"),
    *("64:ff9b:1::1", "100::1", "2001::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::"),
    *("3fff::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "4000::1", "fd00:ec2::254"),
    *("100.100.100.200", "168.63.129.16", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "ff05::1:3"),
    *("2600:1f18::5efe:7f00:1", "2a00:1450::200:5efe:a00:1", "::ffff:0:7f00:1", "2001:0:7f00:1::1"),
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


@pytest.mark.parametrize("port", [0, 22, 25, 53, 110, 143, 389, 465, 587, 2049, 5060, 6000, 6667, 10080])
def test_ports_that_browsers_refuse_are_refused(port: int) -> None:
    with pytest.raises(FetchError) as caught:
        Egress(frozenset({("data.example.gov", port)})).check("data.example.gov", port, "8.8.8.8")
    assert caught.value.slug == "egress-refused"


@pytest.mark.parametrize("port", [80, 443, 8000, 8080, 8443, 9200, 3000, 50_000])
def test_ports_of_web_servers_pass(port: int) -> None:
    Egress().check("data.example.gov", port, "8.8.8.8")


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


def test_port_0_is_not_the_usual_port() -> None:
    assert origin("http://a.gov:0/") == ("http", "a.gov", 0)


def test_an_option_that_is_no_address_opens_nothing() -> None:
    options = {"discovery_url": "http://x.internal:99999/", "other_url": 7, "third_url": "http://[::1"}
    rule = Egress.of(Portal("x", "socrata", "http://a.internal/", allow_private=True, options=options))
    rule.check("a.internal", 80, "10.0.0.1")
    with pytest.raises(FetchError):
        rule.check("x.internal", 80, "10.0.0.1")


BASE = "http://portal.gov:8080/a/data.json"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("b?c=d", "http://portal.gov:8080/a/b?c=d"),
        ("//Other.GOV/x", "http://other.gov/x"),
        ("https://u:p@other.gov/x#y", "https://other.gov/x"),
        ("http://good.gov@127.0.0.1/", "http://127.0.0.1/"),
        ("http://127.0.0.1\\@good.gov/", "http://127.0.0.1/@good.gov/"),
        ("http://good.gov#@127.0.0.1/", "http://good.gov"),
        ("http:\\\\127.0.0.1\\x", "http://127.0.0.1/x"),
        ("ht\ntp://127.0.0.1/", "http://127.0.0.1/"),
        ("http://①②⑦.⓪.⓪.①/", "http://127.0.0.1/"),
        ("http:///127.0.0.1/", "http://portal.gov:8080/127.0.0.1/"),
        ("http:127.0.0.1", "http://portal.gov:8080/a/127.0.0.1"),
        ("http://[::FFFF:7f00:1]:81/", "http://[::ffff:7f00:1]:81/"),
        ("http://bücher.gov/ü", "http://xn--bcher-kva.gov/%C3%BC"),
    ],
)
def test_an_address_is_read_in_one_way(written: str, expected: str) -> None:
    assert followed(BASE, written) == expected
    assert followed(BASE, written.encode()) == expected


@pytest.mark.parametrize(
    "written",
    [
        *("file:///etc/passwd", "ftp://x.gov/", "gopher://x.gov/", "data:,x", "s3://bucket/x", "dict://x:1/"),
        *("jar:http://x.gov/!/", "javascript:alert(1)", "unix:///run/x.sock", "http+unix://%2Frun%2Fx/"),
        *("http://[::1", "http://x.gov:99999/", "http://[fe80::1%25eth0]/", "http://%6c%6f%63al/"),
        *("http://a b/", "http://127.0.0.1%00.gov/", "http://x.gov:٨٠/", "http://[::1]@x/", "http://u:p@/"),
    ],
)
def test_what_is_no_web_address_is_not_followed(written: str) -> None:
    with pytest.raises(ValueError, match=r"is no|is not|names no"):
        followed(BASE, written)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "http://u:s3cr3t@h/x",
            "http://s3cr3t@h:99999/",
            "//u:s3cr3t@h/",
            "u:s3cr3t@h/x",
        ),
        *("http:\\\\u:s3cr3t@h/", "ftp://u:s3cr3t\\@h/", "http://u:s3cr3t@[::1", "HTTP://u:a@b:s3cr3t@h/"),
    ],
)
def test_a_message_shows_no_user_info(written: str) -> None:
    assert "s3cr3t" not in shown(written)
    try:
        assert "s3cr3t" not in followed(BASE, written)
    except ValueError as error:
        assert "s3cr3t" not in str(error)  # noqa: PT017 - both ways out must be clean


def test_a_message_shows_the_rest_of_an_address() -> None:
    assert shown("https://h.gov/@user/x?mail=a@b.gov") == "https://h.gov/@user/x?mail=a@b.gov"


@pytest.mark.parametrize(
    "value",
    [
        "file:///etc/passwd",
        "http://u:s3cr3t@x.gov/",
        "http:\\\\u:s3cr3t@x.gov/",
        "http://x.gov:99999/",
        "x.gov",
        7,
    ],
)
def test_an_option_that_names_an_address_has_to_be_one(value: object) -> None:
    entry = {"id": "x", "type": "socrata", "url": "https://x.gov/", "discovery_url": value}
    with pytest.raises(PortalsFileError, match="discovery_url") as caught:
        portal_from_entry(entry, "here")
    assert "s3cr3t" not in str(caught.value)
