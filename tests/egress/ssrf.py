"""A source that points everywhere it must not, by every way a source or an operator can name an address."""

import html
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from harvesters.portal_entry import PortalsFileError, portal_from_entry
from tests.egress.rules import judge, recorded
from tests.egress.targets import NAMES, targets
from tests.portals.server import LoopbackServer, Seen, send

ROOT = Path(__file__).resolve().parents[2]
STATUSES = (301, 302, 303, 307, 308)
Entry = dict[str, Any]


class Canary:
    """Listens on both loopback addresses and counts who connects; nobody may."""

    def __init__(self) -> None:
        self.hits = 0
        first = socket.create_server(("127.0.0.1", 0))
        self.port = first.getsockname()[1]
        self._listening = [first]
        if socket.has_ipv6:
            self._listening.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for listening in self._listening:
            threading.Thread(target=self._count, args=(listening,), daemon=True).start()

    def _count(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            self.hits += 1
            connection.close()

    def close(self) -> None:
        for listening in self._listening:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()


class PointingPortal(LoopbackServer):
    """`/WAY/NUMBER/…` answers in a way that names target NUMBER; robots.txt does so by the Host asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        if seen.path == "/robots.txt":
            name, _, domain = seen.headers["Host"].partition(".")
            if domain.startswith("portal.test"):
                target = self.targets[int(name.removeprefix("p"))]
                send(handler, 302, b"", {"Location": _latin(target)})
            else:
                send(handler, 404, b"no rules")
            return
        if seen.path == "/good.json":
            send(handler, 200, feed("https://example.gov/"))
            return
        way, _, number = seen.path.strip("/").partition("/")
        if way not in ANSWERS or not number.isdecimal():
            send(handler, 404, b"not here")
            return
        status, body, headers = ANSWERS[way](self.targets[int(number)])
        send(handler, status, body, headers)


Answering = Callable[[str], tuple[int, bytes, dict[str, str]]]


def _latin(text: str) -> str:
    """UTF-8 as servers put it into a header."""
    return text.strip().replace("\t", "").encode().decode("latin-1")


def feed(url: str) -> bytes:
    """A catalogue that names an address wherever one can stand."""
    names = ("downloadURL", "accessURL", "describedBy", "conformsTo")
    distribution = {**dict.fromkeys(names, url), "mediaType": "text/csv"}
    names = ("identifier", "title", "landingPage", "license", "describedBy", "conformsTo", "isPartOf")
    dataset = {
        **dict.fromkeys(names, url),
        "@type": "dcat:Dataset",
        "references": [url],
        "theme": [url],
        "publisher": {"name": "P", "@id": url, "homepage": url},
        "contactPoint": {"fn": "C", "hasEmail": url},
        "distribution": [distribution],
    }
    head = {"@context": url, "@id": url, "conformsTo": url, "describedBy": url, "next": url, "icon": url}
    return json.dumps({**head, "dataset": [dataset]}).encode()


def _redirect(status: int) -> Answering:
    return lambda target: (status, b"moved", {"Location": _latin(target)})


def _with_user_info(target: str) -> tuple[int, bytes, dict[str, str]]:
    return 302, b"", {"Location": _latin(target.replace("://", "://clerk:s3cr3t@", 1))}


def _refreshing(target: str) -> tuple[int, bytes, dict[str, str]]:
    page = f'<html><head><meta http-equiv="refresh" content="0;url={html.escape(target)}"></head></html>'
    return 200, page.encode(), {"Content-Type": "text/html"}


def _headers(target: str) -> tuple[int, bytes, dict[str, str]]:
    where = _latin(target)
    names = {"Refresh": f"0; url={where}", "Link": f'<{where}>; rel="next"', "Content-Location": where}
    return 200, feed("https://example.gov/"), {**names, "Location": where, "X-Accel-Redirect": where}


def _scroll(target: str) -> tuple[int, bytes, dict[str, str]]:
    result = {
        "resource": {"id": target, "name": target, "type": "dataset"},
        "permalink": target,
        "link": target,
    }
    page = {"results": [result], "resultSetSize": 1, "next": target, "links": {"next": target}}
    return 200, json.dumps(page).encode(), {"Content-Type": "application/json"}


ANSWERS: dict[str, Answering] = {
    **{f"status-{status}": _redirect(status) for status in STATUSES},
    "user-info": _with_user_info,
    "meta-refresh": _refreshing,
    "headers": _headers,
    "payload": lambda target: (200, feed(target), {}),
    "scroll": _scroll,
}


def entries(portal: PointingPortal, *, whole: bool) -> dict[str, list[Entry]]:
    """Portals' entries by way in. When it is not the `whole`, each target is redirected to by one status of
    the five, and the ways that lead nowhere by design take every fifth target."""
    numbered = list(enumerate(portal.targets))
    some = numbered if whole else numbered[::5]
    own = {"type": "dcat-us", "allow_private": True}
    at = portal.url
    found: dict[str, list[Entry]] = {
        "url": [{"type": "dcat-us", "url": target} for _, target in numbered],
        "source add": [{"type": "detect", "url": target} for _, target in numbered],
        "robots.txt": [
            {**own, "url": f"http://p{n}.portal.test:{portal.port}/good.json", "robots": "obey"}
            for n, _ in numbered
        ],
        "discovery_url": [
            {"type": "socrata", "url": "http://nowhere.test/", "discovery_url": target}
            for _, target in numbered
        ],
        "domain": [
            {**own, "type": "socrata", "url": at, "domain": target, "discovery_url": f"{at}scroll/{n}"}
            for n, target in some
        ],
        "scroll": [
            {**own, "type": "socrata", "url": at, "discovery_url": f"{at}scroll/{n}"} for n, _ in some
        ],
    }
    for way in ("meta-refresh", "headers", "payload"):
        found[way] = [{**own, "url": f"{at}{way}/{n}/"} for n, _ in some]
    found["user-info"] = [{**own, "url": f"{at}user-info/{n}/"} for n, _ in numbered]
    found["source add, redirected"] = [
        {**own, "type": "detect", "url": f"{at}status-302/{n}/"} for n, _ in numbered
    ]
    found["redirect"] = [
        {**own, "url": f"{at}status-{status}/{n}/"}
        for n, _ in numbered
        for status in (STATUSES if whole else (STATUSES[n % len(STATUSES)],))
    ]
    return found


@dataclass
class Result:
    """What came of it. `strayed` are connections to anything but the portal, as recorded at the socket;
    `refused_entries` the entries nobody could write into a portals file; `slugs` how the runs ended."""

    targets: int = 0
    runs: int = 0
    refused_entries: int = 0
    canary_hits: int = 0
    connections: int = 0
    strayed: list[str] = field(default_factory=list)
    slugs: dict[str, dict[str, int]] = field(default_factory=dict)
    outcomes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def assault(*, whole: bool = False) -> Result:
    """Every target by every way in, in one process beside this one; nothing is judged here."""
    canaries = [Canary(), Canary()]
    with PointingPortal() as portal, tempfile.TemporaryDirectory(prefix="hubsearch-ssrf-") as folder:
        portal.targets = targets(canaries[0].port, portal.port)
        portal.targets += [f"http://127.0.0.1:{canaries[1].port}/", f"http://[::1]:{canaries[1].port}/"]
        result = Result(len(portal.targets))
        planned: list[tuple[str, Entry]] = []
        for way, ways in entries(portal, whole=whole).items():
            for entry in ways:
                one = usable(entry)
                result.refused_entries += one is None
                planned += [(way, one)] if one is not None else []
        names = {name: [numbers] for name, numbers in NAMES.items()}
        names |= {f"p{n}.portal.test": [["127.0.0.1"]] for n in range(len(portal.targets))}
        outcomes, lines = run_batch([entry for _, entry in planned], names, Path(folder))
        result.runs = len(outcomes)
        for (way, entry), outcome in zip(planned, outcomes, strict=True):
            result.outcomes.setdefault(way, []).append({"url": entry["url"], **outcome})
        result.slugs = {
            way: dict(Counter(outcome["slug"] for outcome in found)) for way, found in result.outcomes.items()
        }
        result.connections = len(lines)
        result.strayed = [
            f"{line['host']} {line['port']}"
            for line in lines
            if judge(line) or (line["host"], line["port"]) != ("127.0.0.1", portal.port)
        ]
    result.canary_hits = sum(canary.hits for canary in canaries)
    for canary in canaries:
        canary.close()
    return result


def usable(entry: Entry) -> Entry | None:
    """The portal as it is handed to a child; None where the portals file refuses it."""
    asked = {**entry, "type": "dcat-us"} if entry["type"] == "detect" else entry
    try:
        portal = portal_from_entry({"id": "p", **asked}, "here")
    except PortalsFileError:
        return None
    return {
        "id": "p",
        "type": entry["type"],
        "url": portal.url,
        "allow_private": portal.allow_private,
        "robots": portal.robots,
        "options": portal.options,
        "request_timeout": 20,
        "run_budget": 240,
    }


def run_batch(
    portals: list[Entry], names: dict[str, list[list[str]]], folder: Path
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """How each run ended, and the connections recorded meanwhile. A proxy is named that must not be asked."""
    records, work = folder / "records", folder / "work"
    records.mkdir()
    work.mkdir()
    proxies = dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"), "http://127.0.0.1:9/")
    path = os.pathsep.join((str(ROOT / "tests/egress/recording"), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-m", "tests.egress.batch"],
        input=json.dumps({"portals": portals, "names": names, "work": str(work)}),
        env={**os.environ, **proxies, "EGRESS_RECORDS": str(records), "PYTHONPATH": path},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the batch ended with {done.returncode}: {done.stderr[-3000:]}")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    if len(found) != len(portals):
        raise RuntimeError(f"{len(found)} of {len(portals)} runs have ended: {done.stderr[-3000:]}")
    return found, list(recorded(records))
