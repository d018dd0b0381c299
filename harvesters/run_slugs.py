"""Why a run was not complete: every slug a RunStatement or PageFailure may carry, and what to do about it.

`failed` marks slugs of runs that could not read their source at all. The others are incomplete: what was
fetched lands as additions and updates, and nothing counts as removed.
"""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class RunSlug:
    """One reason: what it means, and what an operator does."""

    meaning: str
    advice: str
    failed: bool = False


RUN_SLUGS: MappingProxyType[str, RunSlug] = MappingProxyType(
    {
        "suspicious-count": RunSlug(
            "complete, but with exactly 1,000 or 1,001 records, where some platforms cut feeds silently; "
            "what it lacks does not count as missing",
            "compare with the portal's own count; nothing needs doing if it agrees",
        ),
        "not-modified": RunSlug(
            "the portal answered that its document is the one last landed; all counts as unchanged",
            "nothing; `hubsearch harvest --full` reads the document all the same",
        ),
        "changes-only": RunSlug(
            "only what has changed since the last full run was asked for; nothing counts as missing",
            "nothing; the entry's sweep says how often all is read, `hubsearch harvest --full` reads it now",
        ),
        "empty": RunSlug("the answer has no bytes", "open the URL in a browser; wait for the next run"),
        "not-json": RunSlug("the answer is not JSON", "check the entry's url", failed=True),
        "not-json-html": RunSlug(
            "the answer is a web page (its title is quoted), often an error or a login page",
            "open the URL in a browser and correct the entry's url",
            failed=True,
        ),
        "not-a-register": RunSlug(
            "neither a table with columns for title and URL nor a list of entries in YAML or TOML",
            "check the entry's url, or name the columns as docs/operators.md lists them",
            failed=True,
        ),
        "not-a-service": RunSlug(
            "the answer is not of the protocol that the entry's type speaks (CSW, OAI-PMH)",
            "check the entry's url and type",
            failed=True,
        ),
        "service-exception": RunSlug(
            "the service answered with an exception of its own, which is quoted",
            "see what it says; check the entry's options",
            failed=True,
        ),
        "not-rdf": RunSlug(
            "no Turtle, RDF/XML or JSON-LD that can be read, or one that needs a DTD or a remote context",
            "check the entry's url; tell the portal's operator what the message names",
            failed=True,
        ),
        "no-pages": RunSlug(
            "neither an archive nor an index page with Markdown files", "check the entry's url", failed=True
        ),
        "no-sitemap": RunSlug(
            "neither robots.txt nor the usual places have a sitemap with pages of this site below url",
            "name the sitemap as url, or start further up",
            failed=True,
        ),
        "not-a-sitemap": RunSlug(
            "what should be a sitemap is no whole XML document, no list of addresses, or has a document type",
            "open the address in a browser; tell the site's operator",
            failed=True,
        ),
        "too-complex": RunSlug(
            "the YAML or TOML nests, repeats or grows beyond what any catalogue needs; "
            "or a web page has more markup than people read",
            "distrust the portal; tell its operator if it is a good one",
        ),
        "no-dataset-list": RunSlug(
            "JSON, but no catalogue: the list of records is missing",
            "check the entry's url and type",
            failed=True,
        ),
        "no-usable-records": RunSlug(
            "a list of records, none of which can be used", "check the entry's url and type", failed=True
        ),
        "cut": RunSlug(
            "the document or the connection ended in the middle",
            "wait for the next run; tell the portal's operator",
        ),
        "broken-frame": RunSlug(
            "the JSON between the records is broken (at the byte named)", "tell the portal's operator"
        ),
        "bad-encoding": RunSlug(
            "the compressed answer is damaged or of an unknown coding", "tell the operator"
        ),
        "decompression-bomb": RunSlug(
            "a small answer unpacks beyond all measure", "distrust the portal", failed=True
        ),
        "too-large": RunSlug(
            "the answer is larger than max_bytes, or has a line that no table has",
            "raise max_bytes if the portal is that large",
        ),
        "headers-too-large": RunSlug(
            "the answer has more than 256 KB of headers, a header of more than 16 KB, or endless trailers",
            "distrust the portal; tell its operator if it is a good one",
            failed=True,
        ),
        "disk-full": RunSlug("the disk took no more bytes", "make room, then harvest again", failed=True),
        "http-status": RunSlug(
            "the portal answered with an error", "see the status; wait or correct url", failed=True
        ),
        "no-such-file": RunSlug(
            "the path that is the entry's url leads to no file or folder this process may read",
            "put the file there (the path is relative to the portals file), or write https:// for an address",
            failed=True,
        ),
        "outside-folder": RunSlug(
            "the path that is the entry's url leads by a symbolic link out of the folder of the portals file",
            "put the file itself there instead of a link",
            failed=True,
        ),
        "unreachable": RunSlug(
            "no connection, or it broke before an answer", "check the host name", failed=True
        ),
        "tls": RunSlug(
            "the certificate does not prove the portal's name", "tell the portal's operator", failed=True
        ),
        "timeout": RunSlug(
            "no byte came for request_timeout seconds", "wait, or raise request_timeout", failed=True
        ),
        "redirect": RunSlug(
            "redirects beyond ten, or to something else than http and https",
            "correct the entry's url",
            failed=True,
        ),
        "egress-refused": RunSlug(
            "the address leads to what is not public, names no plain host, or a port that is not for the web",
            "set allow_private for a portal inside your own network",
            failed=True,
        ),
        "robots-disallowed": RunSlug(
            'robots.txt forbids the path, and the entry says robots = "obey"',
            "ask the portal's operator",
            failed=True,
        ),
        "robots-unavailable": RunSlug(
            'robots.txt cannot be had, and the entry says robots = "obey" (RFC 9309: then ask nothing)',
            "wait for the next run",
            failed=True,
        ),
        "crawl-delay": RunSlug(
            "robots.txt asks for a longer pause between two requests than run_budget leaves",
            "raise run_budget, or talk to the portal's operator",
            failed=True,
        ),
        "circuit-open": RunSlug(
            "five requests in a row had failed, so the host was left alone for the rest of the run",
            "wait for the next run",
            failed=True,
        ),
        "host-busy": RunSlug(
            "other sources of this hub were asking the same host until run_budget ran out",
            "raise run_budget, or spread the schedules of the sources on that host",
            failed=True,
        ),
        "auth-missing": RunSlug(
            "the environment variable named in auth is not set", "set it where the harvest runs", failed=True
        ),
        "bad-option": RunSlug(
            "an option of the entry has a value that cannot be", "correct the entry", failed=True
        ),
        "not-an-index": RunSlug(
            "a folder's address answers with a page that is no index and leads nowhere below it",
            "check the entry's url; ask for directory listings to be switched on",
            failed=True,
        ),
        "not-xml-html": RunSlug(
            "a metadata file's address answers with a web page",
            "wait for the next run; tell the portal's operator",
        ),
        "too-many-folders": RunSlug(
            "folders lie more than ten deep, perhaps because one leads back to one above it",
            "tell the portal's operator; start further down",
        ),
        "page-missing": RunSlug("a page could not be fetched or read", "wait for the next run"),
        "details-missing": RunSlug(
            "none of the details came that were asked for beside the catalogue (option details); the records "
            "stand with what was known of them",
            "wait for the next run; leave out details = true if the portal never gives any",
        ),
        "page-repeated": RunSlug("the portal sent the same page again", "tell the portal's operator"),
        "total-not-reached": RunSlug("fewer records came than the portal counts", "wait for the next run"),
        "too-many-pages": RunSlug("max_pages is reached and there is more", "raise max_pages"),
        "deadline": RunSlug("run_budget ran out", "raise run_budget, or ask less often"),
        "memory": RunSlug(
            "the fetching process grew beyond its memory", "report it with the log", failed=True
        ),
        "cpu-budget": RunSlug(
            "the fetching process used more processor time than any catalogue needs",
            "report it with the log",
            failed=True,
        ),
        "crashed": RunSlug(
            "the fetching process died", "report it with the log beside the spool", failed=True
        ),
    }
)


def means_failed(slug: str) -> bool:
    """Whether a run that ends with this slug before its first record has failed; unknown slugs do."""
    return slug not in RUN_SLUGS or RUN_SLUGS[slug].failed
