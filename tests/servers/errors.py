"""Why a test has no server."""


class ServerMissing(Exception):
    """Something has to be installed first; the message says what. Such a test is skipped."""


class ServerFailed(Exception):
    """A server did not come up or did not end; the message holds the end of its log. Such a test fails."""
