"""Update frequencies: ISO 8601 repeating durations, from a hundred spellings."""

import re
from functools import cache

from mappings import vocabulary
from mappings.dataset import Frequency
from mappings.issue import IssueLog
from mappings.published import clip, read_scalar, show

_NUMBER = r"\d{1,4}(?:\.\d{1,3})?"
_DURATION = re.compile(
    rf"(?:R\d*/)?(P(?=\w)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)"
)
_LIMIT = 200


def read_frequency(raw: object, field: str, log: IssueLog) -> Frequency | None:
    """How often the data is updated. `value` is None where the words are kept but not understood
    (`frequency-not-recognised`) and where they say that it never is ("Historical data")."""
    text = read_scalar(raw, field, log)
    if text is None or not text.strip():
        return None
    text = text.strip()
    if text == "irregular":
        return Frequency("irregular", text)
    if found := _DURATION.fullmatch(text):
        value = f"R/{found[1]}"
        if value != text:
            log.add("frequency-not-iso", field, f"{show(text)} is read as {value}")
        return Frequency(value, text)
    value = _spellings().get(vocabulary.folded(text[:_LIMIT]), "")
    if not value:
        log.add("frequency-not-recognised", field, f"{show(text)} is no frequency we know")
    elif value != "never":
        log.add("frequency-not-iso", field, f"{show(text)} is read as {value}")
    return Frequency(value if value not in {"", "never"} else None, clip(text))


def frequency_label(value: str) -> str:
    """What a person reads for an ISO frequency: `R/P1Y` is "Yearly". Unknown values are their own label."""
    label = vocabulary.load("frequencies")["labels"].get(value, value)
    return str(label)


@cache
def _spellings() -> dict[str, str]:
    terms = vocabulary.load("frequencies")["spellings"]
    return {vocabulary.folded(word): value for value, words in terms.items() for word in words}
