"""The topics of a dataset in the hub's vocabulary: what the publisher says, then what keywords and title
say."""

from collections.abc import Sequence
from functools import lru_cache

from mappings.dataset import Dataset, Topic
from mappings.topic_list import (
    LONGEST,
    categories,
    category_words,
    found_in,
    key_of,
    labels,
    silent_categories,
    words,
)

KEYWORDS_READ = 60
"""Keywords that are looked at; beyond, a list is an index and no description."""
DERIVED_LIMIT = 3
"""Topics that are derived for one dataset."""
_ENOUGH = 2
"""Evidence of a derived topic: two for a phrase of the title or a whole keyword, one for a word inside
one."""
_ENOUGH_BESIDE = 4
"""The same where the publisher names topics: only what keywords and title agree on."""


def settle_topics(dataset: Dataset) -> None:
    """Put the topics of the vocabulary in the place of those published, which stay in `as_published`.

    A published topic that means none of ours is only there; what Socrata guesses counts as a keyword.
    """
    published = [topic.label for topic in dataset.topics if not topic.derived]
    guessed = [topic.label for topic in dataset.topics if topic.derived]
    stated = list(dict.fromkeys(topic for label in published for topic in of_category(label)))
    derived = _derived(dataset, guessed, stated)
    names = labels()
    if not published and not derived:
        dataset.topics = []
        return
    dataset.topics = [
        *(Topic(name, names[name]) for name in stated),
        *(Topic(name, names[name], derived=True) for name in derived),
    ]
    if published and published != [names[name] for name in stated]:
        dataset.as_published.setdefault("topics", published)


@lru_cache(maxsize=4096)
def of_category(label: str) -> tuple[str, ...]:
    """The ids of the topics a published category or theme means, none where the vocabulary has none."""
    key = category_words(label)
    phrase = " ".join(key)
    if phrase in silent_categories():
        return ()
    whole = categories().topics.get(phrase) if len(key) > LONGEST else None
    return tuple(dict.fromkeys(whole or found_in(key, categories())))


def _derived(dataset: Dataset, guessed: Sequence[str], stated: Sequence[str]) -> list[str]:
    evidence = dict.fromkeys(found_in(key_of(dataset.title), words()), 2)
    for keyword in (*dataset.keywords[:KEYWORDS_READ], *guessed):
        for topic, weight in _of_keyword(keyword):
            evidence[topic] = evidence.get(topic, 0) + weight
    enough = _ENOUGH_BESIDE if stated else _ENOUGH
    strong = [topic for topic, weight in evidence.items() if weight >= enough and topic not in stated]
    if len(strong) > DERIVED_LIMIT:
        strong.sort(key=lambda topic: -evidence[topic])
    return strong[:DERIVED_LIMIT]


@lru_cache(maxsize=32_768)
def _of_keyword(keyword: str) -> tuple[tuple[str, int], ...]:
    """Topics and weights of one keyword. The datasets of a portal share most of theirs."""
    key = key_of(keyword)
    whole = words().topics.get(" ".join(key))
    if whole is not None:
        return tuple((topic, 2) for topic in whole)
    return tuple((topic, 1) for topic in dict.fromkeys(found_in(key, words()))) if len(key) > 1 else ()
