"""How text becomes words: one statement, obeyed by both engines, the query parser and the highlighter.

An engine gets text in which every word is lower case, without accents, and set off by white space
(`prepare`); it only has to split at white space and, in a stemmed field, to stem (or is given the stems). So
no engine's own idea of what a letter is, and no version of Unicode, can make the same query find different
datasets.

- Letters and digits of any script are words; everything else separates, an underscore too.
- Accents and case are dropped ("Montréal" = "montreal"), ligatures spelt out ("œ" = "oe").
- A possessive ending goes ("driver's" = "driver"), points between single letters too ("U.S." = "us").
- Scripts written without spaces (Chinese, Japanese, Thai, Khmer, …, and Korean syllables) are indexed
  character by character; a run of them in a query is searched as a phrase.
- Stems are those of Snowball's English algorithm, in tantivy's Rust as in PyStemmer. Lucene's are of an older
  revision of it, so Elasticsearch is given stems (`stemmed`).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

import Stemmer  # type: ignore[import-not-found]  # PyStemmer ships no types

ANALYSIS_VERSION = 1
"""Raised with every change that makes other words of the same text: indexes are then built anew."""

MAX_WORD_BYTES = 100
"""Longer runs of letters are no words (base64, pasted keys); every engine leaves them out."""

_ASCII = {
    code: ord(chr(code).lower()) if chr(code).isalnum() else ord("\n" if code == 10 else " ")
    for code in range(128)
}
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_POSSESSIVE = re.compile(r"'[sS](?![A-Za-z0-9])")
_POINTED = re.compile(r"\.([A-Za-z])(?![A-Za-z0-9])")
"""Both start with a literal, so that most of a text is passed over at memchr's speed; what stands before is
looked at only where they match."""
_ONE_BY_ONE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]"
)
_SPELT_OUT = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "TH",
        "ł": "l",
        "Ł": "L",
        "ħ": "h",
        "Ħ": "H",
        "ı": "i",
        "ŋ": "n",
        "Ŋ": "N",
        "ŧ": "t",
        "Ŧ": "T",
        "‘": "'",
        "’": "'",
        "ʼ": "'",
        "＇": "'",
    }
)
_STEMS_KEPT = 65_536
_INVISIBLE = frozenset("\u00ad\u200c\u200d\u2060\ufeff")


def prepare(text: str) -> str:
    """The text as engines index it: words between white space. A line feed stays where it was, so that a
    caller can keep parts of a text apart."""
    if not text.isascii():
        text = _BEYOND_ASCII.sub(_folded_match, text)
    text = _POSSESSIVE.sub(_without_ending, text)
    text = _POINTED.sub(_without_point, text)
    return text.translate(_ASCII)


def words(text: str) -> list[str]:
    """The words of a text, as every engine's exact fields hold them."""
    return [word for word in prepare(text).split() if is_word(word)]


def is_word(word: str) -> bool:
    """Whether engines keep such a word."""
    return len(word) <= MAX_WORD_BYTES // 4 or len(word.encode()) <= MAX_WORD_BYTES


class _Stems(dict[str, str]):
    """Words met so far and their stems: no call of ours for a word that was met, as most of a text were."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _STEMS_KEPT:
            self.clear()
        found = self[word] = str(Stemmer.Stemmer("english", 0).stemWord(word))
        return found


_stem = _Stems().__getitem__


def stem(word: str) -> str:
    """The English stem of one word as `words` gives it, as every engine's stemmed fields hold it."""
    return _stem(word)


def stemmed(prepared: Iterable[str]) -> str:
    """The words of a prepared text, each replaced by its stem."""
    return " ".join(map(_stem, prepared))


@cache
def stop_words() -> frozenset[str]:
    """English words that say nothing about a dataset: never required, unless a query has nothing else."""
    return frozenset(files("index").joinpath("stop_words_en.txt").read_text("utf-8").split())


def same_length(text: str) -> str:
    """The text in lower case without accents, every character in its place: for finding words in a text that
    is shown as it is. What has no single plain character stays ("œ")."""
    if not text.isascii():
        text = _BEYOND_ASCII.sub(lambda match: "".join([_plain_char(char) for char in match[0]]), text)
    return text.lower()


def stands_alone(char: str) -> bool:
    """Whether a character is a word by itself, in a script written without spaces."""
    return _ONE_BY_ONE.match(char) is not None


def sort_key(text: str) -> str:
    """What titles are sorted by: case and accents dropped, everything else kept."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join([char for char in apart if not unicodedata.combining(char)])


@lru_cache(maxsize=4096)
def _plain_char(char: str) -> str:
    plain = _folded(char).strip()
    return plain if len(plain) == 1 else " " if not plain else char


def _folded_match(match: re.Match[str]) -> str:
    run = match[0]
    return _folded_short(run) if len(run) <= 4 else _folded(run)


@lru_cache(maxsize=8192)
def _folded_short(run: str) -> str:
    return _folded(run)


def _folded(run: str) -> str:
    """A run of characters beyond ASCII: accents dropped, separators to spaces, dense scripts spread out."""
    apart = unicodedata.normalize("NFKD", run.translate(_SPELT_OUT))
    plain = "".join([char for char in apart if not "\u0300" <= char <= "\u036f" and char not in _INVISIBLE])
    whole = unicodedata.normalize("NFC", plain).lower()
    kept = "".join([char if _belongs_to_word(char) else " " for char in whole])
    return _ONE_BY_ONE.sub(r" \g<0> ", kept)


def _belongs_to_word(char: str) -> bool:
    return char.isalnum() or char == "'" or unicodedata.category(char)[0] == "M"


def _without_ending(match: re.Match[str]) -> str:
    """Nothing for the 's of a word, the match where no word stands before it."""
    at = match.start()
    return "" if at and match.string[at - 1].isalnum() else match[0]


def _without_point(match: re.Match[str]) -> str:
    """The letter without the point before it, where a single letter stands before that."""
    text, at = match.string, match.start()
    single = at and text[at - 1].isalpha() and not (at > 1 and text[at - 2].isalnum())
    return match[1] if single else match[0]
