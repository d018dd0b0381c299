"""Fifty requests that stop, starve or fool servers of this kind, each with the name of what it tries."""

from urllib.parse import quote

from benchmarks.faults.hostile_requests import request
from index.fields import FACETS

COMMON = (
    "data information national public use states available dataset includes report service program federal "
    "united department year time census population survey file website research estimates annual number "
    "statistics analysis system health state county"
)
"""The words most datasets have."""
LITTLE = ("of the", "in the", "for the", "to the", "and the", "on the", "by the", "is the")
"""Two words with the longest lists of places in a text, next to each other."""
EVERYTHING_SELECTED = "&".join(
    f"{facet.name}={quote(value)}"
    for facet in FACETS
    for value in (facet.fixed or [f"v{n}" for n in range(100)][: 270 // len(FACETS)])
)


def _q(text: str, more: str = "", path: str = "/search.json") -> bytes:
    return request(f"{path}?q={quote(text)}{more}")


KILLERS: dict[str, bytes] = {
    "5,000 nested parentheses": _q("(" * 5_000 + "water" + ")" * 5_000),
    "500 nested parentheses": _q("(" * 250 + "water" + ")" * 250),
    "a limit of a billion": request("/search.json?limit=1000000000"),
    "a page of a billion": request("/search.json?page=1000000000"),
    "a limit of 400 digits": request("/search.json?limit=" + "9" * 400),
    "a limit in Japanese digits": request("/search.json?limit=" + quote("１２")),
    "a limit below nothing": request("/search?limit=-1"),
    "a limit in hexadecimal": request("/search?limit=0x10"),
    "a limit with an exponent": request("/search.json?limit=1e3"),
    "facets without limit": request("/api/v1/facets?facet_limit=1000000"),
    "the last page": request("/search.json?page=500&limit=20"),
    "the last page by title": request("/search.json?page=100&limit=100&sort=title&facet_limit=100"),
    "the 32 most common words": _q(COMMON, "&match=any&facet_limit=100&limit=100&page=100"),
    "any of the 32 most common words": _q(COMMON.replace(" ", " OR "), "&facet_limit=100"),
    "33 words": _q(f"{COMMON} more words than that"),
    "1,000 words": _q(" ".join(["a"] * 1_000)),
    "one word 32 times": _q("data " * 32, "&match=any"),
    "phrases of the least words": _q(" ".join(f'"{pair}"' for pair in LITTLE), "&match=any"),
    "a phrase of one word 32 times": _q('"' + "the " * 32 + '"'),
    "a phrase of 100 words": _q('"' + "water quality " * 50 + '"'),
    "nothing but exclusions": _q(" ".join(f"-{word}" for word in COMMON.split()[:30])),
    "an exclusion of nothing": _q("- -- --- −"),
    "quotation marks alone": _q('"' * 511),
    "a quotation mark that stays open": _q('water "quality of'),
    "a wildcard at both ends": _q("*a* *b* ?c?"),
    "a wildcard alone": _q("*", path="/search"),
    "a regular expression that explodes": _q("/(a+)+$/ /.*.*.*.*.*=.*/"),
    "a range over everything": _q("title:[* TO *] AND modified:{* TO *}"),
    "fuzzy and boosted words": _q("water~99 quality^999999999"),
    "backslashes": _q("\\" * 500),
    "script in a query": _q("</script><script>alert(1)</script>", path="/search"),
    "a script in a filter": request("/search?keyword=" + quote('"><img src=x onerror=alert(1)>')),
    "SQL in a query": _q("'; DROP TABLE records; --"),
    "a template in a query": _q("{{7*7}} ${7*7} {% raw %} #{7*7}", path="/search"),
    "a NUL": _q("a\0b"),
    "a lone surrogate": request("/search.json?q=%ED%A0%80"),
    "overlong UTF-8": request("/search.json?q=%C0%AF%E0%80%AF"),
    "bytes that are no UTF-8": request("/search?q=%FF%FE"),
    "marks that turn text around": _q("\u202e\u2066water\u2069\u202c", path="/search"),
    "500 accents on one letter": _q("e" + "\u0301" * 500, path="/search"),
    "letters that grow in capitals": _q("ß ﬁ İ ŉ ΐ " * 20),
    "one emoji of many": _q("👩‍👩‍👧‍👦" * 60),
    "a filter 300 times": request("/search.json?" + "&".join(f"keyword=k{n}" for n in range(300))),
    "a parameter 10,000 times": request("/search.json?" + "k=&" * 10_000),
    "every filter with all it can hold": request(f"/search?{EVERYTHING_SELECTED}&facet_limit=100"),
    "an address of 60 KB": request("/" + "a" * 60_000),
    "an id of 10 KB": request(f"/dataset/{'a' * 10_000}.json"),
    "a way out of the folder": request("/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd"),
    "a date beyond the calendar": request(
        "/data.json", ["If-Modified-Since: Fri, 31 Dec 9999 23:59:59 -2359"]
    ),
    "a body of 100 MB": request("/search", ["Content-Length: 100000000"], "POST", b"x" * 1_000),
}
