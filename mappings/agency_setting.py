"""Where a publisher's name was found, which decides what it means."""

from collections.abc import Iterator
from dataclasses import dataclass

from mappings.agency_hosts import Owner, owner_of
from mappings.agency_names import split_state, state_of


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a name was found: what the portal speaks for, and the hosts of the record's contact and page."""

    level: str = "other"
    jurisdiction: str = ""
    hosts: tuple[str, ...] = ()

    @property
    def is_federal(self) -> bool:
        """Whether the portal, or a .gov address of the record, is the federal government's."""
        return self.level == "federal" or any(owner.level == "federal" for owner in self.owners())

    @property
    def state(self) -> str | None:
        """The code of the one state that the portal, else the record's .gov addresses, belong to."""
        if self.level == "state":
            return state_of(self.jurisdiction)
        if code := split_state(self.jurisdiction)[1]:
            return code
        found = {owner.state for owner in self.owners() if owner.state}
        return found.pop() if len(found) == 1 else None

    def owners(self) -> Iterator[Owner]:
        """Whose the record's addresses are, as far as they tell."""
        return (owner for host in self.hosts if (owner := owner_of(host)))

    def by_addresses(self) -> "Setting":
        """What the record's addresses say where the portal's entry says nothing."""
        if self.level != "other":
            return self
        spoken_for = (owner for owner in self.owners() if owner.jurisdiction)
        owner = next(spoken_for, None)
        return Setting(owner.level, owner.jurisdiction, self.hosts) if owner else self
