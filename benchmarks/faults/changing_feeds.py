"""Real feeds that change from day to day: titles edited, records dropped, added, and brought back."""

import gzip
import hashlib
import html
import json
import random
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from importlib.resources import files
from typing import Any

from tests.portals.server import LoopbackServer, Seen, send
from tests.shared_data import SHARED, load

BUNDLED = {"cms": "cms.data.json.gz", "consumerfinance": "consumerfinance.data.json.gz"}
LARGE = {"washington": "arcgis-hub/series/04c-01_district-of-columbia/20190524.data.json"}
"""1,000 records of a real hub, where the sample metadata is there."""

MOST_DROPPED = 2
"""Records a feed loses at once. Those of two rounds are fewer than the deletion guard holds a run for."""


@dataclass
class ChangingFeed:
    """One feed as its portal publishes it now; `shelf` are the records it has dropped."""

    entries: list[dict[str, Any]]
    shelf: list[dict[str, Any]] = field(default_factory=list)
    made: int = 0

    def change(self, chance: random.Random) -> None:
        """Another day at the portal."""
        for entry in chance.sample(self.entries, k=max(1, len(self.entries) // 3)):
            entry["title"] = (
                f"{entry['title'].partition(' – edition ')[0]} – edition {chance.randrange(10**6)}"
            )
        for _ in range(chance.randint(0, min(MOST_DROPPED, len(self.entries) // 10))):
            self.shelf.append(self.entries.pop(chance.randrange(len(self.entries))))
        while self.shelf and chance.random() < 0.5:
            self.entries.append(self.shelf.pop(chance.randrange(len(self.shelf))))
        self.made += 1
        fresh = json.loads(json.dumps(chance.choice(self.entries)))
        self.entries.append(fresh | {"identifier": f"new-{self.made}", "title": f"New of round {self.made}"})
        chance.shuffle(self.entries)

    def titles(self) -> dict[str, str]:
        """The title of each identifier, as it reads: some hubs escape it as if for a page."""
        return {entry["identifier"]: html.unescape(entry["title"]) for entry in self.entries}


class ChangingPortal(LoopbackServer):
    """Serves `/NAME/data.json` as it is now, and says "not modified" to those who know it already."""

    def __init__(self, *, large: bool) -> None:
        super().__init__()
        sample = files("hubsearch.demo.sample")
        read = {
            name: json.loads(gzip.decompress(sample.joinpath(file).read_bytes()))
            for name, file in BUNDLED.items()
        }
        if large and SHARED.is_dir():
            read |= {name: load(file) for name, file in LARGE.items()}
        self.feeds = {name: ChangingFeed(_distinct(document["dataset"])) for name, document in read.items()}
        self.answering = 0

    def change(self, chance: random.Random) -> None:
        """Every feed."""
        for feed in self.feeds.values():
            feed.change(chance)

    def entries(self) -> str:
        """A portals file; what two complete runs lack is removed at once."""
        return "\n".join(
            f'[[portal]]\nid = "{name}"\ntype = "dcat-us"\nurl = "{self.url}{name}/data.json"\n'
            f"allow_private = true\ntake_turns = false\ngrace_days = 0\n"
            for name in self.feeds
        )

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        feed = self.feeds.get(seen.path.strip("/").partition("/")[0])
        if feed is None:
            send(handler, 404, b"not here")
            return
        self.answering += 1
        body = json.dumps(
            {"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": feed.entries}
        )
        tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
        known = seen.headers.get("If-None-Match") == tag
        headers = {"Content-Type": "application/json", "ETag": tag}
        send(handler, 304 if known else 200, b"" if known else body.encode(), headers)


def _distinct(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records that can be taken, each identifier once."""
    usable = [entry for entry in entries if entry.get("identifier") and entry.get("title")]
    return list({entry["identifier"]: entry for entry in usable}.values())
