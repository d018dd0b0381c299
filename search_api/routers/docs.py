"""`/openapi.json` and `/docs`: the API's description, for programs and as a page with nothing fetched from
elsewhere."""

from typing import Any

from fastapi import APIRouter, Request, Response

from search_api.json_answer import json_answer
from search_api.render import page
from search_api.routing import get

router = APIRouter()

EXAMPLES = {
    "/api/v1/search": "/api/v1/search?q=water&format=csv&limit=5",
    "/api/v1/sources": "/api/v1/sources",
    "/api/v1/facets": "/api/v1/facets?q=water&facet_limit=5",
}


@get(router, "/openapi.json")
def openapi(request: Request) -> Response:
    """The API's description for programs."""
    return json_answer(request.app.openapi())


@get(router, "/docs")
def docs(request: Request) -> Response:
    """Addresses, parameters, examples."""
    description: dict[str, Any] = request.app.openapi()
    rows = {
        path: {method: {**operation, "parameters": _rows(operation)} for method, operation in methods.items()}
        for path, methods in description["paths"].items()
    }
    return page(request, "docs.html", openapi=description["openapi"], paths=rows, examples=EXAMPLES)


def _rows(operation: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "name": parameter["name"],
            "values": _values(parameter["schema"]),
            "meaning": parameter.get("description", ""),
        }
        for parameter in operation.get("parameters", [])
    ]


def _values(schema: dict[str, Any]) -> str:
    if schema.get("type") == "array":
        return f"{_values(schema['items'])}; may be repeated"
    if "enum" in schema:
        return ", ".join(schema["enum"]) + _default(schema)
    if schema.get("type") == "integer":
        return f"{schema.get('minimum', '')} to {schema.get('maximum', '')}{_default(schema)}"
    return {"boolean": "true or false", "string": "text"}.get(schema.get("type", ""), "text")


def _default(schema: dict[str, Any]) -> str:
    return f" (default {schema['default']})" if "default" in schema else ""
