"""Answers as JSON documents, the same for `/search.json`, `/api/v1` and the command line."""

from dataclasses import asdict
from typing import Any

from index.query.model import Result, SearchPage
from index.store import Store


def search_json(answer: SearchPage) -> dict[str, Any]:
    """A search's answer. Snippets come in pieces, so that a caller marks matches without parsing HTML."""
    return {
        "total": answer.total,
        "match": answer.match,
        "all_total": answer.all_total,
        "results": [_result(result) for result in answer.results],
        "facets": {
            name: [{"value": one.value, "label": one.label, "count": one.count} for one in values]
            for name, values in answer.facets.items()
        },
        "hints": answer.hints,
        "suggestion": answer.suggestion,
    }


def sources_json(store: Store) -> list[dict[str, Any]]:
    """The portals with their live records and last runs."""
    counts = store.record_counts()
    found = []
    for source in store.sources():
        last = next(iter(store.runs(source.id, limit=1)), None)
        found.append(
            {
                "id": source.id,
                "type": source.type,
                "url": source.url,
                "title": source.title,
                "jurisdiction": source.jurisdiction,
                "level": source.level,
                "records": counts.get(source.id, 0),
                "status": last.status if last else None,
                "fetched": last.started.isoformat() if last else None,
            }
        )
    return found


def _result(result: Result) -> dict[str, Any]:
    return {
        "id": result.id,
        "title": result.title,
        "publisher": result.publisher,
        "source": result.source,
        "url": result.url,
        "modified": result.modified,
        "popularity": result.popularity,
        "score": result.score,
        "partial": result.partial,
        "also_at": [asdict(copy) for copy in result.also_at],
        "type": result.type,
        "formats": result.formats,
        "license": result.license,
        "access_level": result.access_level,
        "snippet": [{"text": text, "match": match} for text, match in result.snippet],
    }
