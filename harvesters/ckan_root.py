"""Where a CKAN portal's root is, told from the address of any of its pages."""

import re
from urllib.parse import urlsplit

_PLACES = re.compile(
    r"/(?:(?:[a-z]{2}(?:[_-][A-Z]{2})?)/)?(?:dataset|datasets|organization|group|api|tag|user)(?:/|$)"
)
"""Pages below a CKAN portal's root, with or without the language in front."""


def ckan_root(url: str) -> str:
    """The portal's root, with a closing slash, from the root itself or from a page below it."""
    parts = urlsplit(url)
    path = parts.path
    if found := _PLACES.search(path):
        path = path[: found.start()]
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}/"
