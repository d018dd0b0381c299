"""What can go wrong when a run is ingested or decided on."""


class IngestError(Exception):
    """An ingest or a decision cannot be done; the message says what to do next."""


class NoMapping(IngestError):
    """The records of a run cannot be mapped: the processes for it die, or cannot be started."""


class UnreadableInput(IngestError):
    """The records of a run cannot be read to their end."""
