"""The part of a robots.txt that concerns one robot, in the size its parser can take.

Every rule of a group is kept once for each robot the group names: a file of 500 KB that names 20,000 robots
and has 20,000 rules would be 400 million.
"""

import re
from collections.abc import Iterator

SIZE = 512 * 1024
"""Bytes of a robots.txt that are read (RFC 9309, section 2.5: at least 500 KiB)."""
_NAMES = 20
"""Names of robots that are kept apart; each is `*` or a part of our own."""
_SOMEBODY = "somebody-else"
_AGENT = re.compile(r"\s*user[-\s]*agent\s*:?\s*(?P<name>[^#]*)", re.IGNORECASE)


def concerning(text: str, user_agent: str) -> str:
    """The same rules for `user_agent`, with all robots that it is not under one name."""
    return "\n".join(_lines(text, user_agent.lower()))


def _lines(text: str, ours: str) -> Iterator[str]:
    names: set[str] = set()
    for line in text.splitlines():
        found = _AGENT.match(line)
        if found is None:
            yield line
            continue
        name = found["name"].strip().lower()
        if (name != "*" and name.replace("*", "") not in ours) or len(names | {name}) > _NAMES:
            name = _SOMEBODY
        else:
            names.add(name)
        yield f"User-agent: {name}"
