"""Scenarios of guide/trust.md that only types with a trait of their own can be the victims of: XML, RDF or
folders. One that no type can have yet is written with the first that can; until then each cell says which.
"""

import json
import re
from dataclasses import replace

from tests.chaos.layer import Turn
from tests.chaos.scenario import HELD, KEEP, OK, UNREAD, After, Scenario, all_read
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


def circular(turn: Turn) -> Answer:
    """Links that lead up, round or out, in an index page beside its own."""
    here, other = turn.url, turn.canary.removeprefix("http://")
    links = (
        *("..", "../", ".", "./", "/", "../../", "../part-0/", "../part-1/", "%2e%2e/", "/part-0/../part-1/"),
        *(
            f"//{other}",
            f"{turn.canary}part-0/",
            f"{turn.canary}part-0/0000.xml",
            f"http://127.0.0.1@{other}",
        ),
        *(f"{here}{turn.seen.path[1:]}", f"{here}part-0/", f"{here}part-1/#top", f"{here}part-0/?C=M;O=A"),
        *("http://169.254.169.254/latest/meta-data/", "file:///etc/", "javascript:history.back()"),
        f"\\\\{other}0001.xml",
    )
    more = "".join(f'<a href="{link}">Parent</a>\n' for link in links).encode()
    return turn.body(lambda body: body.replace(b"</body>", more + b"</body>"))


def each_asked_once(after: After) -> None:
    all_read(after)
    asked = [turn.seen.path for turn in after.turns]
    assert len(asked) == len(set(asked)) == after.size + 3, "the start, two folders and each file"


SCENARIOS = (
    Scenario(
        "file-entity",
        "names a local file as an entity of an ISO record",
        UNREAD,
        file_entity,
        needs=frozenset({"xml"}),
        of_files=HELD,
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
        circular,
        claims=each_asked_once,
        needs=frozenset({"folders"}),
        number=26,
    ),
)
