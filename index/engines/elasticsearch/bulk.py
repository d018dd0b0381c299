"""Send bulk requests and look at every item: done, stale, refused, to be sent again, or a reason to stop.

The client's own `helpers` send an item again for one status alone, without jitter, never split a request that
is turned down as a whole, and report an index that is gone or full as so many bad documents.
"""

import random
import time
from collections.abc import Sequence
from typing import Any

from elasticsearch import ApiError, TransportError

from index.engines.elasticsearch.client import Cluster
from index.engines.elasticsearch.documents import Action
from index.engines.elasticsearch.errors import (
    AGAIN,
    AWAY,
    CLOSED,
    IndexGone,
    blocked,
    cause,
    cause_of,
    translated,
)
from index.engines.protocol import EngineError, EngineUnavailable, Refused

ATTEMPTS = 8
"""How often an item is sent while the cluster is overloaded or away: for about 20 seconds, and 10 more each
time a shard is away."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 8.0

ENOUGH = 120.0
"""Seconds after which an item is not sent again, for a cluster that takes requests and does not answer."""

_SHARD_TIMEOUT = "10s"
"""How long the cluster itself waits for a shard that is away, each time."""

_SHOWN = "items.*.status,items.*.error"
_DOING = "writing the index"


def send(cluster: Cluster, index: str, actions: Sequence[Action]) -> list[Refused]:
    """Apply the actions to an index; those the cluster refuses for good.

    Items the cluster has no room for are sent again, after longer and longer pauses. Raises EngineUnavailable
    when that does not help or the cluster takes no writes, IndexGone when the index is not there, EngineError
    when it is not the one hubsearch made.
    """
    refused: list[Refused] = []
    left, tried, began = list(actions), 0, time.monotonic()
    while tried < ATTEMPTS and time.monotonic() - began < ENOUGH:
        if tried:
            _pause(tried)
        left, problem = _once(cluster, index, left, refused)
        if not left:
            return refused
        tried += 1
    raise EngineUnavailable(
        f"{_DOING} {index} at {cluster.where} failed {tried} times: {problem}; look at the cluster's "
        f"health with `hubsearch doctor`; {AGAIN}"
    )


def _once(
    cluster: Cluster, index: str, actions: list[Action], refused: list[Refused]
) -> tuple[list[Action], str]:
    """Send these once: what is to be sent again, and why."""
    lines: list[Any] = [action.lines for action in actions]  # bytes go as they are
    try:
        answer = cluster.bulker().bulk(
            index=index, operations=lines, filter_path=_SHOWN, timeout=_SHARD_TIMEOUT
        )
    except ApiError as error:
        return _request_failed(cluster, index, actions, refused, error)
    except TransportError as error:
        return actions, str(translated(error, _DOING, cluster.where))
    again, problem = [], ""
    for action, item in zip(actions, answer.body["items"], strict=True):
        ((_, told),) = item.items()
        if told["status"] < 300 or told["status"] == 409 or "error" not in told:
            continue  # done; known in a later state; or there was nothing to delete
        if (reason := _transient(told, index, cluster)) is not None:
            again.append(action)
            problem = reason
        else:
            refused.append(_refused(action, told, index, cluster))
    return again, problem


def _request_failed(
    cluster: Cluster, index: str, actions: list[Action], refused: list[Refused], error: ApiError
) -> tuple[list[Action], str]:
    """A whole request was turned down: too large, one item of it unreadable, or the cluster is busy."""
    kind, reason = cause(error)
    status = error.meta.status
    if kind == "index_not_found_exception":
        raise _gone(index, cluster) from error
    if status in AWAY and kind != "cluster_block_exception":
        return actions, reason
    if status not in (400, 413) or "compatible" in reason:
        raise translated(error, _DOING, cluster.where) from error
    if len(actions) == 1:
        only = actions[0]
        refused.append(Refused(only.id, only.sequence, f"{kind}: {reason}" if kind else reason))
        return [], ""
    middle = len(actions) // 2
    first, why = _once(cluster, index, actions[:middle], refused)
    second, why_else = _once(cluster, index, actions[middle:], refused)
    return first + second, why or why_else


def _transient(told: dict[str, Any], index: str, cluster: Cluster) -> str | None:
    """Why an item should be sent again; None when that would not help."""
    kind, reason = cause_of(told["error"])
    if kind == "cluster_block_exception":
        raise blocked(reason, f"{_DOING} {index} at {cluster.where} failed")
    return reason if told["status"] in AWAY else None


def _refused(action: Action, told: dict[str, Any], index: str, cluster: Cluster) -> Refused:
    """An item refused for what it holds. Raises for what is wrong with the index or with our rights: that
    would only condemn one document after the other."""
    kind, reason = cause_of(told["error"])
    if kind == "index_not_found_exception":
        raise _gone(index, cluster)
    if kind == "strict_dynamic_mapping_exception":
        raise EngineError(
            f"{_DOING} {index} at {cluster.where} failed: its mapping is not the one hubsearch makes "
            f"({reason}); make it anew with `hubsearch index build`"
        )
    if kind == "index_closed_exception":
        raise EngineError(f"{_DOING} {index} at {cluster.where} failed: {CLOSED}")
    if told["status"] != 400:
        raise EngineError(f"{_DOING} {index} at {cluster.where} failed: {told['status']} {kind}: {reason}")
    return Refused(action.id, action.sequence, f"{kind}: {reason}")


def _gone(index: str, cluster: Cluster) -> IndexGone:
    return IndexGone(f"{_DOING} {index} at {cluster.where} failed: it is no longer there")


def _pause(attempt: int) -> None:
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempt - 1))
    time.sleep(longest * random.uniform(0.5, 1.0))  # noqa: S311  # followers should not knock all at once
