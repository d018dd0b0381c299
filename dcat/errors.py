"""What can go wrong with a feed as a whole. A single record that cannot be in it is no error: it is left
out."""


class FeedError(Exception):
    """A feed cannot be written or read; the message says why and what to do next."""
