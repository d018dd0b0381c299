"""The one exception of everything that fetches."""


class FetchError(Exception):
    """A request that got no usable answer; `slug` is one of `harvesters.run_slugs`."""

    def __init__(self, slug: str, message: str) -> None:
        super().__init__(message)
        self.slug = slug
        self.message = message
