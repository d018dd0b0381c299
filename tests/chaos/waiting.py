"""Scenarios of guide/trust.md that no type there is yet can be the victim of. They are written with the type
that has the trait they need; until then each cell says which that is.
"""

import re
from dataclasses import replace

from tests.chaos.layer import Turn
from tests.chaos.scenario import KEEP, OK, UNREAD, Scenario
from tests.portals import Answer


def file_entity(turn: Turn) -> Answer:
    """The title of every record is /etc/passwd, for a parser that looks it up."""
    declared = b'<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>'
    begun, _, rest = turn.reply.body.partition(b"?>")
    named = re.sub(rb"<title>.*?</title>", b"<title>&file;</title>", rest, flags=re.DOTALL)
    return replace(turn.reply, body=begun + b"?>" + declared + named)


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
        "billion-laughs", "sends a billion laughs as RDF/XML", UNREAD, needs=frozenset({"rdf"}), number=19
    ),
    Scenario(
        "remote-context",
        "names a canary as its JSON-LD @context",
        KEEP | OK,
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
