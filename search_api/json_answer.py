"""JSON answers: the document as it is, encoded once, never through a model again."""

from typing import Any

import orjson
from fastapi import Response


def json_answer(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """UTF-8 JSON. `<` needs no escaping: the type is JSON and browsers are told not to guess another."""
    body = orjson.dumps(document)
    return Response(body, status, {"Cache-Control": "no-cache", **(headers or {})}, "application/json")
