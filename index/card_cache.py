"""Cards kept between searches: the same datasets come up in many of them."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock

from index.cards import Card, CardReader

KEPT = 4096
"""Cards kept, some 2 KB each. Reading twenty costs about as much as finding them among 100,000."""


class CardCache:
    """Cards by cluster id, as of one state of the index; another state empties it. Safe between threads."""

    def __init__(self, read: CardReader) -> None:
        self._read = read
        self._lock = Lock()
        self._cards: OrderedDict[str, Card] = OrderedDict()
        self._generation = ""

    def get(self, cluster_ids: Sequence[str], generation: str) -> dict[str, Card]:
        """The cards of these clusters; those the store does not have are left out."""
        with self._lock:
            if generation != self._generation:
                self._cards.clear()
                self._generation = generation
            found = {key: card for key in cluster_ids if (card := self._cards.get(key)) is not None}
            for key in found:
                self._cards.move_to_end(key)
        missing = [key for key in cluster_ids if key not in found]
        if missing:
            read = self._read(missing)
            found.update(read)
            self._keep(read, generation)
        return found

    def _keep(self, cards: Mapping[str, Card], generation: str) -> None:
        with self._lock:
            if generation == self._generation:
                self._cards.update(cards)
                while len(self._cards) > KEPT:
                    self._cards.popitem(last=False)
