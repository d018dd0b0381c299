"""Topics as published: themes, categories and the EU's data-theme codes."""

from mappings.dataset import Topic
from mappings.issue import IssueLog
from mappings.text import read_line, slugify

TOPIC_LIMIT = 100

_DATA_THEMES = {
    "AGRI": "Agriculture, fisheries, forestry and food",
    "ECON": "Economy and finance",
    "EDUC": "Education, culture and sport",
    "ENER": "Energy",
    "ENVI": "Environment",
    "GOVE": "Government and public sector",
    "HEAL": "Health",
    "INTR": "International issues",
    "JUST": "Justice, legal system and public safety",
    "REGI": "Regions and cities",
    "SOCI": "Population and society",
    "TECH": "Science and technology",
    "TRAN": "Transport",
}
"""The EU's named authority list "data theme", which Argentina's profile uses as `superTheme`, too."""


def read_topics(raw: object, field: str, log: IssueLog, *, derived: bool = False) -> list[Topic]:
    """Topics in the order published, each slug once; a label without letters and digits is none.

    Logs `too-many-values`.
    """
    items = raw if isinstance(raw, list) else [raw]
    if len(items) > TOPIC_LIMIT:
        log.add("too-many-values", field, f"of {len(items):,} topics {TOPIC_LIMIT} are kept")
    found: dict[str, Topic] = {}
    for item in items[:TOPIC_LIMIT]:
        label = read_line(item, field, log)
        if label is None:
            continue
        label = _DATA_THEMES.get(label.rsplit("/", 1)[-1], label)
        if identifier := slugify(label):
            found.setdefault(identifier, Topic(identifier, label, derived))
    return list(found.values())
