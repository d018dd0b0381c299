"""Opening connections: resolve, check every address, connect to the one that was checked.

Twisted's own endpoint resolves and connects in one step, which leaves no place to look at the address.
"""

import socket
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, wrapClientTLS
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.threads import deferToThread
from twisted.web.client import URI, BrowserLikePolicyForHTTPS
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import implementer  # type: ignore[import-untyped]  # it ships no types

from harvesters.addresses import plain_host
from harvesters.egress import Egress
from harvesters.fetch_error import FetchError

Resolve = Callable[[str, int], list[tuple[Any, ...]]]


def resolve(host: str, port: int) -> list[tuple[Any, ...]]:
    """`getaddrinfo` for TCP; it also reads every spelling of a number (0177.0.0.1, 2130706433)."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


@implementer(IStreamClientEndpoint)
class GuardedEndpoint:
    """Connects to a host's first permitted address that answers."""

    def __init__(self, reactor: Any, uri: URI, egress: Egress, timeout: float, tls: Any = None) -> None:
        self._reactor = reactor
        self._host = uri.host.decode("ascii").strip("[]")
        self._port = uri.port
        self._egress = egress
        self._timeout = timeout
        self._tls = tls

    def connect(self, factory: IProtocolFactory) -> Deferred[IProtocol]:
        """The connected protocol. Fails with FetchError `egress-refused`, or as Twisted's endpoints do."""
        return Deferred.fromCoroutine(self._connect(factory))

    async def _connect(self, factory: IProtocolFactory) -> IProtocol:
        if not plain_host(self._host):
            raise FetchError("egress-refused", "the address names no host in plain letters and digits")
        try:
            found = await deferToThread(resolve, self._host, self._port)
        except (OSError, UnicodeError) as error:
            raise DNSLookupError(f"no address for {self._host}: {error}") from error
        failure: Exception = DNSLookupError(f"no address for {self._host}")
        for address in dict.fromkeys(entry[4][0] for entry in found):
            try:
                self._egress.check(self._host, self._port, address)
                connected: IProtocol = await self._endpoint(address).connect(factory)
            except (FetchError, ConnectError) as error:
                failure = error
            else:
                return connected
        raise failure

    def _endpoint(self, address: str) -> Any:
        kind: Any = TCP6ClientEndpoint if ":" in address else TCP4ClientEndpoint
        endpoint = kind(self._reactor, address, self._port, self._timeout)
        return wrapClientTLS(self._tls, endpoint) if self._tls else endpoint


@implementer(IAgentEndpointFactory)
class GuardedEndpoints:
    """What Twisted's HTTP agent asks for connections. Certificates must chain to the system's roots."""

    def __init__(self, reactor: Any, egress: Egress, timeout: float) -> None:
        self._reactor = reactor
        self._egress = egress
        self._timeout = timeout
        self._policy = BrowserLikePolicyForHTTPS()  # type: ignore[no-untyped-call]  # Twisted

    def endpointForURI(self, uri: URI) -> GuardedEndpoint:  # noqa: N802 - Twisted's interface
        """An endpoint for an http or https URI."""
        tls = self._policy.creatorForNetloc(uri.host, uri.port) if uri.scheme == b"https" else None
        return GuardedEndpoint(self._reactor, uri, self._egress, self._timeout, tls)
