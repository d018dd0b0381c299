"""What the client and the cluster report, in the hub's words: what happened, where, what to do next.

Messages name addresses, never user names, passwords or keys; what the cluster answers holds none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from elasticsearch import (
    ApiError,
    AuthenticationException,
    AuthorizationException,
    BadRequestError,
    ConnectionTimeout,
    SSLError,
    TransportError,
    UnsupportedProductError,
)

from index.engines.protocol import EngineError, EngineUnavailable


class IndexGone(EngineError):
    """The index asked for is not there (any more)."""


AGAIN = "nothing committed is lost, and the same may succeed later"
CLOSED = "the index is closed; open it (POST /<index>/_open), or make it anew with `hubsearch index build`"
AWAY = frozenset({429, 502, 503, 504})
"""Answers that are worth asking again: overloaded, starting, a shard without its primary."""


@contextmanager
def speaking(doing: str, where: str) -> Iterator[None]:
    """Turn what goes wrong in here into EngineError or EngineUnavailable; `doing` as in "searching"."""
    try:
        yield
    except (ApiError, TransportError) as error:
        raise translated(error, doing, where) from error


def translated(error: ApiError | TransportError, doing: str, where: str) -> EngineError:
    """The error to raise for one of the client's."""
    at = f"{doing} at {where} failed"
    if isinstance(error, TransportError):
        return _unreachable(error, at)
    kind, reason = cause(error)
    if kind == "cluster_block_exception":
        return blocked(reason, at)
    if error.meta.status in AWAY:
        return EngineUnavailable(
            f"{at}: the cluster is overloaded or not ready ({error.meta.status}: {reason}); "
            f"look at its health with `hubsearch doctor`; {AGAIN}"
        )
    if kind == "search_context_missing_exception":
        return EngineUnavailable(
            f"{at}: the state of the index that was read is not kept any longer (a node stopped, or the "
            "reader paused for long); begin again"
        )
    if kind == "index_not_found_exception":
        return IndexGone(f"{at}: {reason}; make the index anew with `hubsearch index build`")
    return EngineError(f"{at}: {_refusal(error, kind, reason)}")


def _refusal(error: ApiError, kind: str, reason: str) -> str:
    """Why the cluster will not do it, however often it is asked, and what to do."""
    if isinstance(error, AuthenticationException):
        return (
            "Elasticsearch does not know this user, password or API key (401); "
            "check the user in HUBSEARCH_ENGINE, or HUBSEARCH_ENGINE_API_KEY"
        )
    if isinstance(error, UnsupportedProductError):
        return (
            "what answers there is no Elasticsearch of a supported version; HUBSEARCH_ENGINE should name one"
        )
    if isinstance(error, AuthorizationException):
        return f"a privilege is missing (403): {reason}; give it to the role of this user"
    if isinstance(error, BadRequestError) and "compatible" in reason:
        return f"the server is older than Elasticsearch 9 ({reason}); upgrade the cluster"
    if kind == "index_closed_exception":
        return CLOSED
    return f"{error.meta.status} {kind}: {reason}"


def blocked(reason: str, at: str) -> EngineUnavailable:
    """The error for an index or a cluster that takes no writes."""
    if "read-only-allow-delete" in reason or "flood-stage" in reason:
        return EngineUnavailable(
            f"{at}: a disk of the cluster is full, so the index is read-only ({reason}); free space or add a "
            f"node, and Elasticsearch lifts the block by itself; {AGAIN}"
        )
    return EngineUnavailable(
        f"{at}: writing is blocked ({reason}); lift the block in the settings of the index or the cluster; "
        + AGAIN
    )


def cause(error: ApiError) -> tuple[str, str]:
    """The kind of an answered error, and its reason."""
    body: Any = error.body
    told = body.get("error") if isinstance(body, dict) else None
    return cause_of(told if told is not None else error.message)


def cause_of(told: Any) -> tuple[str, str]:
    """The kind and the reason of an error as the cluster tells it: an object, or just a sentence."""
    if not isinstance(told, dict):
        return "", _short(str(told))
    if told.get("type") == "search_phase_execution_exception" and told.get("root_cause"):
        told = told["root_cause"][0]  # what the shards say; above stands only that all of them failed
    reason = str(told.get("reason") or "")
    inner = told.get("caused_by")
    while isinstance(inner, dict):
        if (deeper := str(inner.get("reason") or "")) and deeper not in reason:
            reason = f"{reason}: {deeper}"
        inner = inner.get("caused_by")
    return str(told.get("type") or ""), _short(reason)


def _short(text: str) -> str:
    """Some reasons quote the whole document."""
    return text if len(text) <= 500 else f"{text[:500]} …"


def _unreachable(error: TransportError, at: str) -> EngineError:
    if isinstance(error, SSLError):
        return EngineUnavailable(
            f"{at}: no trusted TLS connection ({_innermost(error)}); HUBSEARCH_ENGINE_CA names the file of "
            "the authority that signed the cluster's certificate"
        )
    if isinstance(error, ConnectionTimeout):
        return EngineUnavailable(
            f"{at}: no answer in time; the cluster is overloaded or away (HUBSEARCH_ENGINE_TIMEOUT gives "
            f"searches more time); {AGAIN}"
        )
    return EngineUnavailable(
        f"{at}: no connection ({_innermost(error)}); is Elasticsearch running, and HUBSEARCH_ENGINE right? "
        + AGAIN
    )


def _innermost(error: TransportError) -> str:
    """The plainest words for it: those of the operating system, where they are known."""
    inner: BaseException = error
    while isinstance(inner, TransportError) and inner.errors:
        inner = inner.errors[0]
    while (deeper := inner.__cause__ or getattr(inner, "reason", None)) and isinstance(deeper, BaseException):
        inner = deeper
    text = inner.strerror if isinstance(inner, OSError) and inner.strerror else str(inner)
    return _short(text.splitlines()[0] if text else type(inner).__name__)
