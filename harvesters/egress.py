"""Which addresses a fetch may connect to. Every connection of every spider asks here, with the address.

Names are not judged: any name can resolve to 127.0.0.1, and resolve anew a second later. The caller
connects to the very address that was checked.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from harvesters.fetch_error import FetchError
from harvesters.portal import Portal

_REFUSED_4: tuple[IPv4Network, ...] = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's own services, from inside its machines
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocols (ipaddress calls 192.0.0.192 global)
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
"""IANA's special-purpose registry, RFC 6890 and later, and what clouds serve at a public number."""

_GLOBAL_6 = IPv6Network("2000::/3")
"""All that IANA ever gave out. What embeds an IPv4 address (::/96, ::ffff:0:0/96, 64:ff9b::/96,
64:ff9b:1::/48) lies outside, as do loopback, link-local, unique local and multicast."""
_REFUSED_6: tuple[IPv6Network, ...] = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # IETF protocols: Teredo, ORCHID, benchmarking
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: embeds an IPv4 address
        "3fff::/20",  # documentation
    )
)
_PRIVATE: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
"""What `allow_private` opens: loopback and private networks, never link-local or multicast."""

_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})
"""The third quarter of an IPv6 address whose last quarter is an IPv4 address (RFC 5214, section 6.1)."""

# fmt: off
BAD_PORTS = frozenset({
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
    103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512,
    513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719,
    1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679,
    6697, 10080,
})
# fmt: on
"""Where mail, files, names and other things than the web are served: browsers refuse the same ones, for a
server there may take a line of HTTP as a command (Fetch Standard, "port blocking")."""

_PORTS = {"http": 80, "https": 443}


def origin(url: str) -> tuple[str, str, int]:
    """(scheme, host, port) of a URL, lower case, the port filled in (0 where the scheme has none).

    Raises ValueError for what is no address.
    """
    parts = urlsplit(url)
    port = _PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
    return parts.scheme, (parts.hostname or "").rstrip("."), port


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address belongs to the public internet."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _REFUSED_4)
    if int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
        return False
    return address in _GLOBAL_6 and not any(address in network for network in _REFUSED_6)


def _place(url: str) -> tuple[str, int] | None:
    """Host and port; None for what is no address and so opens nothing."""
    try:
        return origin(url)[1:]
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Egress:
    """The rule for one portal. `private` are the (host, port) its operator allowed on private addresses."""

    private: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def of(cls, portal: Portal) -> "Egress":
        """Private addresses only for the hosts and ports that the portal's entry itself names."""
        if not portal.allow_private:
            return cls()
        named = [portal.url, *(value for key, value in portal.options.items() if key.endswith("_url"))]
        return cls(frozenset(place for url in named if (place := _place(str(url)))))

    def check(self, host: str, port: int, address: str) -> None:
        """Let a connection to `address` for the URL's `host` and `port` pass.

        Raises:
            FetchError: `egress-refused`.
        """
        if port in BAD_PORTS:
            raise FetchError(
                "egress-refused",
                f"{host}:{port} is no place for a web server; browsers refuse that port, too",
            )
        number = ip_address(address.partition("%")[0])
        if is_public(number):
            return
        allowed = (host.lower().strip("[]").rstrip("."), port) in self.private
        if allowed and any(number in network for network in _PRIVATE):
            return
        raise FetchError(
            "egress-refused",
            f"{host}:{port} leads to {number}, which is not a public address; "
            "allow_private = true opens a portal's own host and port",
        )
