"""One request at a time to a host, by all sources of this hub on this machine, and a pause between two.

Hosts are locked by `harvesters.host_locks`. A second lock is the place of whoever is next, so that a portal
of many pages lets others in between two of them. At most one host is held at a time, so nobody waits for
each other.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from harvesters.egress import origin
from harvesters.fetch_error import FetchError
from harvesters.host_locks import HostLock, lock_path, try_lock
from harvesters.pause import pause
from harvesters.run import FetchRun

GAP = 0.5
"""Seconds between two requests to a host by two sources. A portal of one's own needs none."""
_LOOK_EVERY = 0.05


class HostTurns:
    """The turns of one run. Without a folder every host is free."""

    def __init__(self, run: FetchRun) -> None:
        self._run = run
        own = run.portal.allow_private
        self._folder = run.hosts if run.portal.take_turns or not own else None
        self._gap = 0.0 if own else GAP

    @asynccontextmanager
    async def turn(self, url: str, delay: float = 0.0) -> AsyncIterator[None]:
        """Hold the host of `url` inside; `delay` seconds are kept from whoever asked it last.

        Raises:
            FetchError: `host-busy`, when the run's budget ends before its turn comes.
        """
        if self._folder is None:
            yield
            return
        _, host, port = origin(url)
        lock = await self._wait_for(lock_path(self._folder, host, port), host)
        try:
            await self._keep_distance(lock, max(self._gap, delay), host)
            lock.note()
            yield
            lock.note()
        finally:
            lock.release()

    async def _wait_for(self, path: Path, host: str) -> HostLock:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            place = await self._patiently(path.with_name(f"{path.name}.next"), host)
            try:
                return await self._patiently(path, host)
            finally:
                place.release()
        except OSError as error:
            raise FetchError("disk-full", f"{path.parent} cannot be written: {error}") from error

    async def _patiently(self, path: Path, host: str) -> HostLock:
        while (lock := try_lock(path)) is None:
            await self._wait(_LOOK_EVERY, host)
        return lock

    async def _keep_distance(self, lock: HostLock, gap: float, host: str) -> None:
        left = gap - lock.last_asked()
        if left > 0:
            await self._wait(left, host)

    async def _wait(self, seconds: float, host: str) -> None:
        if seconds >= self._run.remaining():
            raise FetchError(
                "host-busy",
                f"other sources of this hub were asking {host} until the run's budget of "
                f"{self._run.portal.run_budget:g} s was over",
            )
        await pause(seconds)
