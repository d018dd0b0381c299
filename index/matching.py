"""Every word or most words: the rule by which a search decides for itself."""

from datetime import datetime
from typing import Literal

from index.engines.protocol import Engine, EngineRequest
from index.query.model import Match
from index.query.syntax import ParsedQuery

ENOUGH_RESULTS = 20
"""While so many results have every word, only these are shown: one page of them."""


def resolve_match(engine: Engine, query: ParsedQuery, match: Match, now: datetime) -> Literal["all", "any"]:
    """`all` or `any`; `auto` is `all` while at least 20 results of the words, before any filter, have every
    word."""
    if match != "auto":
        return match
    every = EngineRequest(query, {}, "all", "relevance", 0, 0, now)
    return "all" if engine.count(every) >= ENOUGH_RESULTS else "any"
