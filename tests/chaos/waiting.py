"""Scenarios of guide/trust.md that no type there is yet can be the victim of. They are written with the type
that has the trait they need; until then each cell says which that is.
"""

from tests.chaos.scenario import KEEP, OK, UNREAD, Scenario

SCENARIOS = (
    Scenario(
        "file-entity",
        "names a local file as an entity of an ISO record",
        OK,
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
