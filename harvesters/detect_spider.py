"""Asking an unknown portal, in order and cheaply, until one answer tells its type."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response

from harvesters.detection import PREFIX, Answered, Finding, Probe
from harvesters.fetch_error import FetchError
from harvesters.local_files import FROM_DISK
from harvesters.registry import HARVESTERS, spider_class
from harvesters.run import FetchRun
from harvesters.spider import PortalSpider

_HOPELESS = frozenset(
    {"unreachable", "tls", "egress-refused", "deadline", "host-busy", "crawl-delay", "robots-unavailable"}
)
"""Troubles of the host as a whole: asking on would only make the operator wait."""


def types_in_order() -> list[type[PortalSpider]]:
    """Every type of portal, by its rank: what is certain and common first."""
    return sorted(map(spider_class, HARVESTERS), key=lambda spider: (spider.detection_rank, spider.type))


class DetectSpider(PortalSpider):
    """Requests of 64 KB, none repeated, one after the other, and robots.txt first for its Crawl-delay.

    The address itself, which each type is asked to recognise in the order of its `detection_rank`; then the
    types' probes in the same order, those that the address makes likely first. `found` is the first finding,
    else a hint that some answer held; it may ask one question more. `seen` says what each probe saw.
    """

    name = "detect"
    type: ClassVar[str] = "detect"
    any_status: ClassVar[bool] = True

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self.found: Finding | None = None
        self.seen: list[str] = []
        self._types = types_in_order()
        self._hint: Finding | None = None
        self._probes: list[Probe] = []

    def first_requests(self) -> Iterator[Request]:
        """The address as the operator gave it."""
        yield self._request(Probe(self.portal.url, self._recognised))

    def read_disk(self, path: Path) -> None:
        """Of a file the beginning tells, of a folder its files; only types that read from disk count."""
        name, kinds = self.portal.url, [kind for kind in self._types if kind.type in FROM_DISK]
        self.seen.append(f"{name}: a {'folder' if path.is_dir() else 'file'} below {self.portal.folder}")
        if path.is_dir():
            found = (kind.recognise_folder(path, name) for kind in kinds)
        else:
            answer = Answered(name, 200, {}, _beginning(path) if path.is_file() else b"")
            found = (kind.recognise(answer) for kind in kinds)
        self.found = next(filter(None, found), None)

    def read(self, response: Response) -> Iterator[Request]:
        """Any status tells something."""
        beginning = self.beginning(response, PREFIX)
        headers = {
            name.decode("latin-1").lower(): values[-1].decode("latin-1")
            for name, values in response.headers.items()
            if values
        }
        answer = Answered(response.url, response.status, headers, beginning)
        yield from self._judge(answer, response.meta["judge"])

    def unanswered(self, failure: Any) -> Iterator[Request]:
        """No answer tells something, too."""
        super().unanswered(failure)
        if not isinstance(failure.value, FetchError):
            return
        answer = Answered(failure.request.url, trouble=failure.value.message)
        if failure.value.slug in _HOPELESS:
            self.seen.append(self.run.quiet(f"{answer.url}: {answer.seen()}"))
        else:
            yield from self._judge(answer, lambda _: None)

    def trouble(self, url: str, slug: str, message: str) -> None:
        """Noted with the probe."""

    def _judge(self, answer: Answered, judge: Callable[[Answered], Finding | None]) -> Iterator[Request]:
        self.seen.append(self.run.quiet(f"{answer.url}: {answer.seen()}"))
        self._hint = self._hint or next(filter(None, (kind.hint(answer) for kind in self._types)), None)
        first = len(self.seen) == 1
        self.found = judge(answer) or self.found or (self._own_probe(answer) if first else None)
        if self.found is not None:
            probe, self.found = self.found.then, replace(self.found, then=None)
            if probe is not None:
                yield self._request(probe)
            return
        if first:
            self._probes = self._planned(answer)
        if self._probes:
            yield self._request(self._probes.pop(0))
        else:
            self.found = self._hint

    def _recognised(self, answer: Answered) -> Finding | None:
        return next(filter(None, (kind.recognise(answer) for kind in self._types)), None)

    def _own_probe(self, first: Answered) -> Finding | None:
        """What the judges of a probe say when the operator's address is the very one it would ask."""
        probes = (probe for kind in self._types for probe in kind.probes(first) if probe.url == first.url)
        return next(filter(None, (probe.judge(first) for probe in probes)), None)

    def _planned(self, first: Answered) -> list[Probe]:
        """What else to ask, seen from where the first answer came from."""
        probes = [probe for kind in self._types for probe in kind.probes(first) if probe.url != first.url]
        planned: dict[str, Probe] = {}
        for probe in sorted(probes, key=lambda probe: not probe.likely):
            planned.setdefault(probe.url, probe)
        return list(planned.values())

    def _request(self, probe: Probe) -> Request:
        return self.ask(probe.url, judge=probe.judge, prefix=PREFIX, retries=0)


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(PREFIX)
