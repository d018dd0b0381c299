"""Dress hits as results: the card of each, with the query's words marked."""

from collections.abc import Mapping, Sequence

from index.cards import Card
from index.engines.protocol import Hit
from index.highlight import Highlighter
from index.query.model import Result


def dress(
    hits: Sequence[Hit], cards: Mapping[str, Card], highlighter: Highlighter, base_url: str
) -> list[Result]:
    """The results in the order of the hits.

    A hit without a card is left out: its cluster was removed a moment ago and the index has not followed yet.
    """
    return [_result(hit, cards[hit.id], highlighter, base_url) for hit in hits if hit.id in cards]


def _result(hit: Hit, card: Card, highlighter: Highlighter, base_url: str) -> Result:
    return Result(
        id=card.id,
        title=card.title,
        publisher=card.publisher,
        source=card.source,
        url=base_url + card.path,
        modified=card.modified,
        popularity=card.popularity,
        score=hit.score,
        partial=hit.partial,
        also_at=list(card.copies),
        type=card.type,
        formats=list(card.formats),
        license=card.license,
        access_level=card.access_level,
        snippet=highlighter.snippet(card.description) if card.description else [],
        title_marks=highlighter.marked(card.title),
    )
