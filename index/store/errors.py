"""What can go wrong with the record store.

StoreError
├── StoreAway      the server is not there at the moment: later it may be
├── StoreConflict  two transactions were in each other's way: the same again may succeed
└── Fenced         somebody else has taken over
    └── LeaseLost
"""


class StoreError(Exception):
    """The record store cannot be opened, read or written; the message says what to do next."""


class StoreAway(StoreError):
    """The database server cannot be reached, or went away in the middle; whether a commit under way was
    carried out is not known."""


class StoreConflict(StoreError):
    """The transaction was rolled back because of another one."""


class Fenced(StoreError):
    """A run tried to write after another run of its source had taken over; nothing was written."""


class LeaseLost(Fenced):
    """A job's lease ran out and somebody else has it now; its former holder stops, and wrote nothing more."""
