"""Update frequencies: ISO 8601 repeating durations, `irregular` or `never`, from a hundred spellings."""

import re
from functools import cache

from mappings import vocabulary
from mappings.dataset import Frequency
from mappings.issue import IssueLog
from mappings.published import clip, read_scalar, show

_LIMIT = 200
_NUMBER = r"\d{1,4}(?:\.\d{1,3})?"
_DURATION = re.compile(
    rf"(?:R\d*/)?(P(?=\d|T\d)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)",
    re.ASCII,
)
_EVERY = re.compile(
    r"(?:updated )?(?:approximately |about )?every (\d{1,3}) (minute|hour|day|week|month|year)s?", re.ASCII
)
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_WHEN = re.compile(
    rf"(\w[\w ]{{1,30}}?),? \(?(?:(?:in|on|by|each|every|around|during) )?(?:the )?"
    r"(?:(?:early|late|mid|end of) )?"
    rf"(?:{_MONTHS}|{_DAYS}|spring|summer|fall|autumn|winter)s?\)?",
    re.ASCII,
)
"""`annually in June`, `weekly (Tuesday)`; several of them (`in April and October`) are another frequency."""
_UNITS = {"minute": "T{}M", "hour": "T{}H", "day": "{}D", "week": "{}W", "month": "{}M", "year": "{}Y"}
_LEAD = re.compile(
    r"(?:(?:the |this )?(?:data ?(?:set|base)?|records?|files?|layers?|table|map|it) "
    r"(?:is|are|gets?|will be) )?"
    r"(?:automatically |generally |usually |typically |normally )?"
    r"(?:updated?s?|refreshed|published|released|revised|maintained)(?: frequency)?:? (?:on an? )?"
    r"(?:approximately |about |roughly )?"
)
_TAIL = re.compile(r"(?: basis| updates?| refresh| publication)?[.!;]?\Z")
_ON_EVENT = re.compile(
    r"(?:updated )?(?:as|when|whenever|if|once) (?:[\w']+ ){0,6}?"
    r"(?:needed|necessary|required|available|appropriate|warranted|received|changes?|changed|occurs?)"
    r"(?: .*)?"
)
"""`when new data becomes available`: at no set time."""
_WORDS = re.compile(r"[^\W\d]+")
_SENTENCE = 100
"""Characters of a text that is searched for a word that means a frequency."""


def read_frequency(raw: object, field: str, log: IssueLog) -> Frequency | None:
    """How often the data is updated; None when nothing is said.

    `value` is `never` for historical data; it is None, and the words are kept, where they say that nobody
    knows ("TBD", `placeholder`), and where we do not understand them (`frequency-not-recognised`).
    `frequency-not-iso` marks what was read from words.
    """
    text = (read_scalar(raw, field, log) or "").strip()
    if not text:
        return None
    if text in ("irregular", "never"):
        return Frequency(text, text)
    published = clip(text)
    if found := _DURATION.fullmatch(text.upper()) if len(text) <= _LIMIT else None:
        value = f"R/{found[1]}"
        if value != text:
            log.add("frequency-not-iso", field, f"{show(text)} is read as {value}")
        return Frequency(value, published)
    word = text[:_LIMIT].rstrip("/.")
    if "://" in word:
        word = re.split(r"[/#]", word)[-1]
    reading = _of_words(vocabulary.folded(word))
    if reading is None:
        log.add("frequency-not-recognised", field, f"{show(text)} is no frequency we know")
    elif reading == "unknown":
        log.add("placeholder", field, f"{field} only says {show(text)}")
    else:
        log.add("frequency-not-iso", field, f"{show(text)} is read as {reading}")
    return Frequency(None if reading == "unknown" else reading, published)


def frequency_label(value: str) -> str:
    """What a person reads for a frequency, whatever its case: `R/P1Y` is "Yearly".

    Durations without a word of their own are their own label.
    """
    label = _labels().get(value.casefold())
    return label if label is not None else value


def _of_words(words: str) -> str | None:
    """The value of a text: of all of it, of it without "Updated …", or of the one word that tells."""
    bare = _TAIL.sub("", _LEAD.sub("", words, count=1), count=1).strip()
    for text in dict.fromkeys((words, bare)):
        if found := _EVERY.fullmatch(text):
            return "R/P" + _UNITS[found[2]].format(int(found[1])) if int(found[1]) else None
        known = _spellings().get(text)
        if known is None and (found := _WHEN.fullmatch(text)):
            known = _spellings().get(found[1])
            return known if known and known.startswith("R/") else None
        if known is not None:
            return known
    if _ON_EVENT.fullmatch(words):
        return "irregular"
    return _by_one_word(words)


def _by_one_word(words: str) -> str | None:
    """`Annual, with a lag of two quarters`: the one word that means a frequency, when nothing speaks against
    it; a month beside "historical" may be when it ended, or began."""
    if len(words) > _SENTENCE:
        return None
    text = f" {' '.join(_WORDS.findall(words))} "
    said = {value for word, value in _telling().items() if f" {word} " in text}
    if len(said) != 1:
        return None
    for word in sorted(_telling(), key=len, reverse=True):
        text = text.replace(f" {word} ", " ")
    left = frozenset(text.split())
    against = left & _beside() or ("never" in said and left & frozenset(_MONTHS.split("|")))
    return None if against else said.pop()


@cache
def _telling() -> dict[str, str]:
    table = vocabulary.load("frequencies")["words"]
    return {word: value for value, words in table.items() for word in words}


@cache
def _beside() -> frozenset[str]:
    return frozenset(vocabulary.load("frequencies")["beside"]["words"])


@cache
def _labels() -> dict[str, str]:
    return {value.casefold(): label for value, label in vocabulary.load("frequencies")["labels"].items()}


@cache
def _spellings() -> dict[str, str]:
    terms = vocabulary.load("frequencies")["spellings"]
    return {vocabulary.folded(word): value for value, words in terms.items() for word in words}
