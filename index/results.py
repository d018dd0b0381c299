"""Dress hits as results: what the store holds of each, with the query's words marked."""

from collections.abc import Sequence

from index.cards import Card, CardReader
from index.engines.protocol import Hit
from index.highlight import Highlighter
from index.query.model import Copy, Result
from mappings.text import slugify

_SLUG_LIMIT = 80


def dress(hits: Sequence[Hit], cards: CardReader, highlighter: Highlighter, base_url: str) -> list[Result]:
    """The results in the order of the hits, from one question to the store.

    A hit whose cluster the store no longer has is left out: it was removed a moment ago and the index has
    not followed yet.
    """
    found = cards([hit.id for hit in hits])
    return [_result(hit, found[hit.id], highlighter, base_url) for hit in hits if hit.id in found]


def dataset_path(record_id: str, title: str) -> str:
    """`/dataset/{id}/{slug}`; the slug is for people; a title without Latin letters or digits has none."""
    slug = slugify(title[: _SLUG_LIMIT * 4])
    if len(slug) > _SLUG_LIMIT:
        slug = slug[:_SLUG_LIMIT].rsplit("-", 1)[0]
    return f"/dataset/{record_id}/{slug}" if slug else f"/dataset/{record_id}"


def _result(hit: Hit, cards: list[Card], highlighter: Highlighter, base_url: str) -> Result:
    first = cards[0]
    shown = first.shown
    formats = [offered.format for offered in shown.distributions if offered.format]
    return Result(
        id=first.id,
        title=shown.title,
        publisher=shown.publisher.name if shown.publisher is not None else None,
        source=first.source,
        url=base_url + dataset_path(first.id, shown.title),
        modified=shown.modified,
        popularity=_popularity(cards),
        score=hit.score,
        partial=hit.partial,
        also_at=[Copy(card.id, card.source) for card in cards[1:]],
        type=shown.type,
        formats=list(dict.fromkeys(formats)),
        license=shown.license.id if shown.license is not None else None,
        access_level=shown.access_level,
        snippet=highlighter.snippet(shown.description) if shown.description else [],
        title_marks=highlighter.marked(shown.title),
    )


def _popularity(cards: list[Card]) -> int | None:
    """As `index.document.popularity`: by it the results are sorted."""
    counts = (card.views if card.views is not None else card.downloads for card in cards)
    return max((count for count in counts if count is not None), default=None)
