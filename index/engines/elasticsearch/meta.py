"""What an index says of itself, kept in the `_meta` of its mapping.

It lives in the cluster's state beside the aliases, so one request reads which index is visible and how far it
is, and a swap changes both at once.
"""

from typing import Any, Literal

import msgspec

from index.owner import this_process

MADE_BY = "hubsearch"

State = Literal["building", "live", "retired"]


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """`watermark` is the change sequence the visible documents have reached, `commit` names the last commit,
    `touched` is when somebody last wrote this (epoch seconds): the heartbeat of a build. `owner` is the
    process that made it (`index.owner`)."""

    made_by: str
    version: str
    state: State
    watermark: int
    commit: str
    touched: float
    owner: str = ""

    def with_commit(self, watermark: int, moment_ns: int) -> "Meta":
        """After a commit. Two commits never bear one name, so that caches see a repair, too."""
        return msgspec.structs.replace(
            self, watermark=watermark, commit=f"{moment_ns:x}", touched=moment_ns / 1e9
        )

    def in_state(self, state: State, moment: float) -> "Meta":
        """In another state from a moment on."""
        return msgspec.structs.replace(self, state=state, touched=moment)

    def as_dict(self) -> dict[str, Any]:
        """As it is put into a mapping."""
        return msgspec.structs.asdict(self)


def new_meta(version: str, moment: float) -> Meta:
    """Of an index just made."""
    return Meta(
        made_by=MADE_BY,
        version=version,
        state="building",
        watermark=0,
        commit="new",
        touched=moment,
        owner=this_process(),
    )


def read_meta(given: Any) -> Meta | None:
    """The facts in a mapping's `_meta`; None when hubsearch did not write it."""
    try:
        found = msgspec.convert(given, Meta)
    except msgspec.ValidationError:
        return None
    return found if found.made_by == MADE_BY else None
