"""Requests nobody should send, as bytes, without end.

A query is made from real ones by a small grammar of the query language, then bent: characters repeated,
swapped, cut, made others. Some requests are no HTTP at all.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from index.fields import FACETS, SORTS

PATHS = {
    "/search.json": 40,
    "/search": 25,
    "/api/v1/search": 12,
    "/api/v1/facets": 6,
    "/data.json": 1,
    "/": 2,
    "/sources": 1,
    "/suggest": 2,
    "/dataset/": 6,
    "/static/": 2,
    "/nowhere": 1,
    "/openapi.json": 1,
    "/healthz": 1,
}
"""How often each is asked; narrowed feeds are long work and asked for rarely."""

ODD = (
    *"\"'()[]{}<>^~*?:\\/|&+-!#%@=$;,.`",
    "\0", "\x1b", "\x7f", "\u00ad", "\u200b", "\u202e", "\u2066", "\ufeff", "\ufffd", "\U000e0001",
    "é", "ß", "İ", "ﬁ", "Ǆ", "水", "مياه", "א", "🏳️‍🌈", "e\u0301\u0301\u0301", "１２", "\u2028", "“", "«",
)  # fmt: skip
NUMBERS = (
    "0",
    "-1",
    "1",
    "2",
    "100",
    "101",
    "500",
    "501",
    "1e3",
    "1.5",
    "0x10",
    "１２",
    " 7 ",
    "+5",
    "NaN",
    "1" * 400,
)
NUMBERED = ("page", "limit", "facet_limit", "offset")
OTHERS = ("bbox", "from", "to", "place", "cursor", "callback", "q[]", "q[0]", "source[]", "__proto__", "")
ENCODINGS: tuple[Callable[[str], str], ...] = (
    quote_plus,
    quote,
    lambda text: quote(text, safe="/:()*"),
    lambda text: "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass")),
    lambda text: quote(text.encode("utf-16-le", "surrogatepass")),
    lambda text: quote(text).replace("%", "%25"),
    lambda text: quote(text).replace("%", "%%", 1),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it goes over the wire. `is_http` says that it deserves an answer."""

    sent: bytes
    is_http: bool = True


def fuzzed(texts: Sequence[str], ids: Sequence[str], seed: int) -> Iterator[Asked]:
    """Requests without end, the same for a seed. `texts` are real queries, `ids` real datasets."""
    chance = random.Random(seed)
    while True:
        if chance.random() < 0.03:
            yield _garbage(chance)
            continue
        (path,) = chance.choices(list(PATHS), list(PATHS.values()))
        if path.endswith("/") and path != "/":
            target = path + _bent_path(chance, ids)
        else:
            target = f"{path}?{'&'.join(_parameters(chance, texts))}"
        yield Asked(request(target[:60_000], _headers(chance), _method(chance)))


def request(target: str, headers: Sequence[str] = (), method: str = "GET", body: bytes = b"") -> bytes:
    """One request on a connection of its own."""
    lines = (f"{method} {target} HTTP/1.1", "Host: hub.example", "Connection: close", *headers, "", "")
    return "\r\n".join(lines).encode("latin-1", "replace") + body


def _parameters(chance: random.Random, texts: Sequence[str]) -> list[str]:
    given = [("q", query(chance, texts))] if chance.random() < 0.9 else []
    for facet in FACETS:
        if chance.random() < 0.06:
            value = (
                chance.choice(facet.fixed) if facet.fixed and chance.random() < 0.7 else _word(chance, texts)
            )
            given += [(facet.name, value)] * chance.choice([1] * 12 + [2, 3, 101, 301])
    if chance.random() < 0.2:
        given.append(("sort", chance.choice([*SORTS, "score desc", ""])))
    if chance.random() < 0.2:
        given.append(("match", chance.choice(["all", "any", "auto", "ALL"])))
    if chance.random() < 0.25:
        given.append((chance.choice(NUMBERED), chance.choice(NUMBERS)))
    if chance.random() < 0.1:
        given.append((chance.choice(OTHERS), chance.choice([*NUMBERS, "-180,-90,180,90", "2020-13-45"])))
    if chance.random() < 0.1 and given:
        given.append((given[0][0], chance.choice(["", _word(chance, texts)])))
    chance.shuffle(given)
    encode = quote_plus if chance.random() < 0.8 else chance.choice(ENCODINGS)
    return [f"{quote(name)}={encode(value)}" for name, value in given]


def query(chance: random.Random, texts: Sequence[str]) -> str:
    """A query by the grammar, more or less bent."""
    pieces = [_piece(chance, texts, 0) for _ in range(chance.choice([1, 1, 1, 2, 3, 5, 12, 30]))]
    text = chance.choice([" ", " ", " OR ", " AND ", " -", ""]).join(pieces)
    for _ in range(chance.choice([0, 0, 0, 1, 2, 5])):
        text = chance.choice(_BENDS)(chance, text)
    return text.encode("utf-8", "replace").decode()


def _piece(chance: random.Random, texts: Sequence[str], depth: int) -> str:
    word = _word(chance, texts)
    if depth > 30:
        return word
    deeper = _piece(chance, texts, depth + 1) if chance.random() < 0.5 else word
    return chance.choice(
        [
            word, word, word, chance.choice(texts), f"-{deeper}", f'"{chance.choice(texts)}"', f"({deeper})",
            f"{chance.choice(FACETS).name}:{deeper}", f'{chance.choice(FACETS).name}:"{deeper}"', f"{word}*",
            f"*{word}*", f"/{word}.*/", f"{word}~2", f"{word}^9", f"title:[* TO {word}]",
            f"-{word} OR {deeper}", f"{word}-{deeper}", f"NOT {deeper}", f"{deeper} AND {word}", "the", "of",
            "data", "OR", "--", '""',
        ]
    )  # fmt: skip


def _word(chance: random.Random, texts: Sequence[str]) -> str:
    words: list[str] = chance.choice(texts).split() or ["data"]
    return chance.choice(words)


def _many(chance: random.Random, text: str) -> str:
    odd: str = chance.choice(ODD)
    return text + odd * chance.choice([1, 1, 3, 50, 500])


def _swapped(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    odd: str = chance.choice(ODD)
    return text[:at] + odd + text[at + chance.choice([0, 1, 3]) :]


def _cut(chance: random.Random, text: str) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _repeated(chance: random.Random, text: str) -> str:
    return (text + chance.choice([" ", ""])) * chance.choice([2, 3, 10])


def _shouted(_: random.Random, text: str) -> str:
    return text.upper()


_BENDS: tuple[Callable[[random.Random, str], str], ...] = (
    _many,
    _swapped,
    _swapped,
    _cut,
    _repeated,
    _shouted,
)


def _bent_path(chance: random.Random, ids: Sequence[str]) -> str:
    known = chance.choice(ids)
    return chance.choice(
        [
            known, f"{known}.json", f"{known}/{known}", f"{known}.json/..", f"../{known}",
            f"%2e%2e%2f{known}",
            f"{known}%00.json", "..%252f..%252fetc%252fpasswd", "%c0%ae%c0%ae/", "%ed%a0%80", known * 900,
            f"{known.upper()}.json", "%F0%9F%8F%B3", f"/{known}", f"{known}.xml", f"{known};jsessionid=1",
            f"{known}?files=all",
            quote(chance.choice(ODD).encode("utf-8", "surrogatepass")), f"{known}/{'x/' * 50}", ".json",
        ]
    )  # fmt: skip


def _headers(chance: random.Random) -> list[str]:
    if chance.random() < 0.8:
        return []
    return chance.choice(
        [
            ["Accept: application/json"], ["Accept: " + "a/b;q=0.1," * 5_000], ["Accept-Encoding: gzip"],
            ["Accept-Encoding: gzip;q=x,,;"], ["Range: bytes=" + "0-1," * 1_000], ["Cookie: a=b"] * 300,
            ["If-None-Match: " + '"x",' * 900], ["If-None-Match: *"],
            ["X-Forwarded-For: " + "<script>," * 500],
            ["If-Modified-Since: " + "9" * 5_000], ["If-Modified-Since: Fri, 31 Dec 9999 23:59:59 -2359"],
            ["X-Forwarded-Proto: javascript", "X-Forwarded-Host: ["], ["Upgrade: websocket"],
            ["Accept-Language: " + "xx-YY;q=0.1," * 900], ["Expect: 100-continue"], ["Origin: null"],
            ["Content-Type: application/json; charset=banana"], ["Access-Control-Request-Method: PUT"],
            ["X: " + "y" * 70_000],
        ]
    )  # fmt: skip


def _method(chance: random.Random) -> str:
    if chance.random() < 0.95:
        return "GET"
    return chance.choice(
        ["HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get", "X" * 99]
    )


def _garbage(chance: random.Random) -> Asked:
    real = request("/search.json?q=water")
    at = chance.randrange(len(real))
    return Asked(
        chance.choice(
            [
                chance.randbytes(chance.choice([1, 50, 5_000, 70_000])),
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + chance.randbytes(500),
                real[:at],
                real[:at] + chance.randbytes(3) + real[at:],
                real.replace(b"\r\n", b"\n\n"),
                real * 20,
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                request("/", ["Transfer-Encoding: chunked"], "POST") + b"fffffffff\r\n" + b"x" * 5_000,
                request("/", ["Content-Length: 5", "Content-Length: 6"]),
                b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
            ]
        ),
        is_http=False,
    )
