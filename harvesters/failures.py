"""Twisted's ways to fail, as one FetchError with a sentence an operator can act on."""

from collections.abc import Iterator

from OpenSSL import SSL
from service_identity import VerificationError
from twisted.internet.defer import CancelledError
from twisted.internet.error import ConnectError, ConnectionClosed, DNSLookupError
from twisted.internet.error import TimeoutError as TimedOut
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError, RequestTransmissionFailed
from twisted.web.client import ResponseFailed

from harvesters.fetch_error import FetchError

EXPECTED: tuple[type[Exception], ...] = (
    ConnectError,
    ConnectionClosed,
    DNSLookupError,
    TimedOut,
    ResponseFailed,
    RequestTransmissionFailed,
    CancelledError,
    ParseError,
    SSL.Error,
    VerificationError,
)
"""What a portal may do to a connection; anything else is a mistake of ours and crashes the run."""


def explain(error: Exception, timeout: float) -> FetchError:
    """The FetchError for one of `EXPECTED`; `timeout` (seconds) is what was waited for an answer."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, FetchError):
            return cause
    for cause in causes:
        if isinstance(cause, (SSL.Error, VerificationError)):
            return FetchError("tls", f"the certificate or the TLS handshake failed: {_tls(cause)}")
    if any(isinstance(cause, (CancelledError, TimedOut)) for cause in causes):
        return FetchError("timeout", f"no answer within {timeout:g} s")
    last = causes[-1]
    if isinstance(last, ParseError):
        return FetchError("unreachable", f"the server does not speak HTTP: {last}")
    text = str(last).strip().rstrip(".") or type(last).__name__
    return FetchError("unreachable", f"no answer: {text}")


def _causes(error: Exception) -> Iterator[Exception]:
    yield error
    for reason in getattr(error, "reasons", ()):
        value = reason.value if isinstance(reason, Failure) else reason
        if isinstance(value, Exception):
            yield from _causes(value)


def _tls(error: Exception) -> str:
    """OpenSSL's reasons are a list of (library, function, reason)."""
    reasons = error.args[0] if error.args else ""
    if isinstance(reasons, list):
        return "; ".join(str(reason[-1]) for reason in reasons) or type(error).__name__
    return str(error) or type(error).__name__
