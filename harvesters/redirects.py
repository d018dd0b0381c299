"""Following redirects: at most ten, only to http and https, credentials only to where they belong.

Scrapy's own middleware follows twenty and drops `Authorization` only, not a portal's token header. Where a
redirect leads is checked like every other address when the connection is made (`harvesters.egress`). User
info in a Location is dropped; a page's meta refresh and the header Refresh are never followed.
"""

from scrapy import Request
from scrapy.http import Response

from harvesters.addresses import followed
from harvesters.egress import origin
from harvesters.fetch_error import FetchError

MAX_HOPS = 10
_STATUSES = frozenset({301, 302, 303, 307, 308})


class Redirects:
    """A downloader middleware.

    Raises:
        FetchError: `redirect`.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The request for the new place, or the response as it is."""
        location = response.headers.get("Location")
        if response.status not in _STATUSES or not location:
            return response
        hops = request.meta.get("hops", 0) + 1
        if hops > MAX_HOPS:
            raise FetchError("redirect", f"more than {MAX_HOPS} redirects, the last to {request.url}")
        url = _target(request.url, location)
        again = request.replace(url=url, dont_filter=True, meta={**request.meta, "hops": hops, "tries": 0})
        if origin(url) != origin(request.url):
            for name in request.meta.get("credentials", ()):
                again.headers.pop(name, None)
        return again


def _target(base: str, location: bytes) -> str:
    try:
        return followed(base, location)
    except ValueError as error:
        raise FetchError("redirect", f"{base} redirects to what cannot be followed: {error}") from None
