"""The names of indexes, aliases and templates in the cluster: built and parsed here and nowhere else.

hub-<version>-read, hub-<version>-write   aliases of the visible index; a swap moves both in one request
hub-<version>-<yyyymmddThhmmssffffff>     an index, one for every build
hub-<version>                             the template those indexes are made from

<version> names the mapping (`mapping.version`), so an older and a newer hubsearch run side by side, each on
indexes of its own. `hub` is the prefix, a setting: several hubs may share a cluster.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from index.engines.elasticsearch.mapping import version

_TIME = "%Y%m%dt%H%M%S%f"
_MOMENT = r"2\d{7}t\d{12}"


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one version of one hub."""

    prefix: str
    version: str

    @classmethod
    def of(cls, prefix: str) -> "Names":
        """The names this version of hubsearch uses."""
        return cls(prefix, version())

    @property
    def template(self) -> str:
        """The index template."""
        return f"{self.prefix}-{self.version}"

    @property
    def read(self) -> str:
        """The alias searches go to."""
        return f"{self.template}-read"

    @property
    def write(self) -> str:
        """The alias that names the index to be written."""
        return f"{self.template}-write"

    @property
    def pattern(self) -> str:
        """Matches the indexes of this version (2* is the century), never an alias."""
        return f"{self.template}-2*"

    @property
    def every_version(self) -> str:
        """Matches the indexes of all versions of this hub."""
        return f"{self.prefix}-*-2*"

    def new_index(self, moment: datetime) -> str:
        """The name of an index made at a moment; later ones sort behind."""
        return f"{self.template}-{moment.astimezone(UTC).strftime(_TIME)}"

    def version_of(self, index: str) -> str | None:
        """The version an index of this hub was made for; None for what is no index of this hub."""
        found = re.fullmatch(rf"{re.escape(self.prefix)}-([0-9a-f]{{8}})-{_MOMENT}", index)
        return found[1] if found else None

    def with_version(self, other: str) -> "Names":
        """The names another version of this hub uses."""
        return Names(self.prefix, other)
