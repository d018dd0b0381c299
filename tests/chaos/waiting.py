"""Scenarios of guide/trust.md that no type there is yet can be the victim of. They are written with the type
that has the trait they need; until then each cell says which that is.
"""

import json
import re
from dataclasses import replace

from tests.chaos.layer import Turn
from tests.chaos.scenario import KEEP, OK, UNREAD, After, Scenario
from tests.portals import Answer


def file_entity(turn: Turn) -> Answer:
    """The title of every record is /etc/passwd, for a parser that looks it up."""
    declared = b'<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>'
    begun, _, rest = turn.reply.body.partition(b"?>")
    named = re.sub(rb"<title>.*?</title>", b"<title>&file;</title>", rest, flags=re.DOTALL)
    return replace(turn.reply, body=begun + b"?>" + declared + named)


def laughing(turn: Turn) -> Answer:
    """Ten entities, each ten times the one before, in a title."""
    lol = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    document = (
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{lol}]><r:RDF xmlns:d="http://www.w3.org/ns/dcat#"'
        ' xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:t="http://purl.org/dc/terms/">'
        '<d:Dataset r:about="https://x.gov/d"><t:title>&l9;</t:title></d:Dataset></r:RDF>'
    )
    return replace(turn.reply, body=document.encode())


def soon_refused(after: After) -> None:
    assert after.run.slug == "not-rdf"
    assert after.run.seconds < 3  # starting the child included


def elsewhere(turn: Turn) -> Answer:
    document = {
        "@context": [f"{turn.canary}context.jsonld", {"@import": f"{turn.canary}import.jsonld"}],
        "@graph": [{"@id": "https://x.gov/d", "@type": "http://www.w3.org/ns/dcat#Dataset"}],
    }
    return replace(
        turn.reply, body=json.dumps(document).encode(), headers={"Content-Type": "application/ld+json"}
    )


SCENARIOS = (
    Scenario(
        "file-entity",
        "names a local file as an entity of an ISO record",
        UNREAD,
        file_entity,
        needs=frozenset({"xml"}),
        number=18,
    ),
    Scenario(
        "billion-laughs",
        "sends a billion laughs as RDF/XML",
        UNREAD,
        laughing,
        claims=soon_refused,
        needs=frozenset({"rdf"}),
        number=19,
    ),
    Scenario(
        "remote-context",
        "names a canary as its JSON-LD @context",
        KEEP | OK,
        elsewhere,
        needs=frozenset({"rdf"}),
        number=20,
    ),
    Scenario(
        "circular-folders",
        "has folders that link to their parents and to other hosts",
        OK,
        needs=frozenset({"folders"}),
        number=26,
    ),
)
