"""The vocabularies that need more than a record's fields: applied when all crosswalks are through.

A record alone does not know which Department of Health or which Springfield is meant; its portal's level and
jurisdiction do. Publisher first, because places go by it.
"""

from mappings.agencies import settle_publisher
from mappings.dataset import Dataset
from mappings.place_settling import settle_places
from mappings.topic_settling import settle_topics


def settle(dataset: Dataset, level: str, jurisdiction: str) -> None:
    """Put publisher, topics, places and period into the hub's vocabulary, beside the values as published."""
    settle_publisher(dataset, level, jurisdiction)
    settle_topics(dataset)
    settle_places(dataset, level, jurisdiction)
