"""A lease in the hands of this process: a fence for what is written under it, a leash for what it started."""

from sqlalchemy import Connection

from harvesters.leash import CalledBack, Leash
from index.store import jobs
from index.store.leases import Lease


class Held:
    """One lease. `until` is the `time.monotonic` at which it runs out unless it is renewed. `finishing` is
    set with the transaction that gives the job back, whose answer may be lost.

    Safe to share between the thread that does the job and the one that keeps the lease alive.
    """

    def __init__(self, lease: Lease, until: float) -> None:
        self.lease = lease
        self.leash = Leash(until)
        self._called_back: str | None = None
        self._said = False
        self.finishing = False

    @property
    def name(self) -> str:
        """The job's name."""
        return self.lease.name

    def renewed(self, until: float) -> None:
        """The lease lasts until then."""
        self.leash.extend(until)

    def call_back(self, reason: str) -> None:
        """End the job: the fetch at once, the landing after the batch it is at."""
        self._called_back = self._called_back or reason
        self.leash.call_back(reason)

    def check(self) -> None:
        """Raises CalledBack when the job was called back. A lease that ran out while the store was away is no
        reason to stop: only the store knows whether somebody else has it, and says so before every write."""
        if self._called_back is not None:
            raise CalledBack(self._called_back)

    def fence(self, connection: Connection) -> None:
        """Asked first in every transaction that writes. Raises LeaseLost when the lease is somebody else's,
        and once CalledBack when the job is to end: what is written afterwards says so."""
        jobs.hold_on(connection, self.lease, finished=self.finishing)
        if self._called_back is not None and not self._said:
            self._said = True
            raise CalledBack(self._called_back)
