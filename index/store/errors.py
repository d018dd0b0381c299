"""What can go wrong with the record store."""


class StoreError(Exception):
    """The record store cannot be opened, read or written; the message says what to do next."""


class Fenced(StoreError):
    """A run tried to write after another run of its source had taken over; nothing was written."""


class LeaseLost(Fenced):
    """A job's lease ran out and somebody else has it now; its former holder stops, and wrote nothing more."""
