"""GET addresses answer HEAD too; only documented ones appear in the OpenAPI description."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def get(router: APIRouter, path: str, **documented: Any) -> Callable[[Endpoint], Endpoint]:
    """Register an endpoint for GET and HEAD. With keywords (`summary`, `response_model`, …) GET is
    described in OpenAPI; without any the address is a page or a feed and is not."""

    def register(endpoint: Endpoint) -> Endpoint:
        if documented:
            router.add_api_route(path, endpoint, methods=["GET"], **documented)
            router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)
        else:
            router.add_api_route(
                path, endpoint, methods=["GET", "HEAD"], include_in_schema=False, response_model=None
            )
        return endpoint

    return register
