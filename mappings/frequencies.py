"""Update frequencies: ISO 8601 repeating durations, from a hundred spellings."""

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
_NO_VALUE = frozenset(["never", "unknown"])


def read_frequency(raw: object, field: str, log: IssueLog) -> Frequency | None:
    """How often the data is updated; None when nothing is said.

    `value` is None, and the words are kept, where they say that the data is never updated ("Historical
    data") or that nobody knows ("TBD", `placeholder`), and where we do not understand them
    (`frequency-not-recognised`). `frequency-not-iso` marks what was read from words.
    """
    text = (read_scalar(raw, field, log) or "").strip()
    if not text:
        return None
    if text == "irregular":
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
    elif reading != "never":
        log.add("frequency-not-iso", field, f"{show(text)} is read as {reading}")
    return Frequency(None if reading in _NO_VALUE else reading, published)


def frequency_label(value: str) -> str:
    """What a person reads for a frequency, whatever its case: `R/P1Y` is "Yearly".

    Durations without a word of their own are their own label.
    """
    label = _labels().get(value.casefold())
    return label if label is not None else value


def _of_words(words: str) -> str | None:
    if found := _EVERY.fullmatch(words):
        return "R/P" + _UNITS[found[2]].format(int(found[1])) if int(found[1]) else None
    known = _spellings().get(words)
    if known is None and (found := _WHEN.fullmatch(words)):
        known = _spellings().get(found[1])
        return known if known and known.startswith("R/") else None
    return known


@cache
def _labels() -> dict[str, str]:
    return {value.casefold(): label for value, label in vocabulary.load("frequencies")["labels"].items()}


@cache
def _spellings() -> dict[str, str]:
    terms = vocabulary.load("frequencies")["spellings"]
    return {vocabulary.folded(word): value for value, words in terms.items() for word in words}
