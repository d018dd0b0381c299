"""Scenarios of paging: pages that fail, come again, shrink, never end, and totals that lie."""

from dataclasses import replace
from typing import Any

from tests.chaos.answers import HTML, moved, page
from tests.chaos.layer import Turn, Wire
from tests.chaos.scenario import HELD, OK, UNREAD, After, Scenario, all_read
from tests.portals import Answer

PAGES = frozenset({"pages"})
TOTAL = frozenset({"pages", "total"})
MOST = 30
"""Requests after which a harvest that goes round in circles should have noticed."""


def page_3_of_5(turn: Turn) -> Answer:
    return Answer(b'{"error": "internal"}', 500) if turn.page == 3 else turn.reply


def two_pages_read(after: After) -> None:
    assert after.run.unchanged >= 14
    assert after.run.fetched < after.size


def page_3_is_html(turn: Turn) -> Answer:
    return Answer(page("Be right back"), 200, HTML) if turn.page == 3 else turn.reply


def page_3_cut(turn: Turn) -> Answer:
    if turn.page != 3:
        return turn.reply
    return replace(turn.reply, cut_to=len(turn.reply.body) // 2, honest_length=True)


def page_2_empty(turn: Turn) -> Answer:
    return turn.records(lambda _: []) if turn.page == 2 else turn.reply


class FirstPageForEver:
    """Whatever is asked, page one is the answer: a next link that points to itself."""

    def __call__(self, turn: Turn) -> Answer:
        return turn.ask(turn.query_at(0))


def stopped(after: After) -> None:
    assert 1 < len(after.turns) < MOST


def new_names_for_ever(turn: Turn) -> Answer:
    """Page one again and again, each time under other identifiers."""
    first = replace(turn, reply=turn.ask(turn.query_at(0)))
    return first.records(lambda records: [_renamed(record, f"-{turn.page}") for record in records])


def _renamed(record: Any, suffix: str) -> Any:
    resource = record.get("resource")
    if resource is not None:
        return {**record, "resource": {**resource, "id": resource["id"] + suffix}}
    key = next(name for name in ("id", "dataset_id", "slug") if name in record)
    return {**record, key: record[key] + suffix}


def bounded(after: After) -> None:
    said = after.run.slug + after.run.reason
    noticed = ("too-many-pages", "cursor", "page-repeated")  # what names itself as the next is noticed before
    assert any(word in said for word in noticed)
    assert len(after.turns) <= MOST


def small_pages(turn: Turn) -> Answer:
    return turn.ask({**turn.seen.query, turn.paging.size: "5"})


def total(turn: Turn, value: Any) -> Answer:
    return turn.document(lambda document: _with_total(document, turn.paging.total, value))


def no_total(turn: Turn) -> Answer:
    return turn.document(lambda document: _with_total(document, turn.paging.total))


def _with_total(document: dict[str, Any], path: tuple[str, ...], *value: Any) -> dict[str, Any]:
    """The document with another total, or (no value given) without one."""
    key, *rest = path
    if rest:
        return {**document, key: _with_total(document[key], tuple(rest), *value)}
    bare = {name: old for name, old in document.items() if name != key}
    return {**bare, key: value[0]} if value else bare


def overlapping(turn: Turn) -> Answer:
    """Each page begins with the last three results of the page before."""
    if turn.page == 1:
        return turn.reply
    whole: list[Any] = []
    everything = replace(turn, reply=turn.ask({**turn.query_at(0), turn.paging.size: "10000"}))
    everything.records(lambda records: whole.extend(records) or records)  # type: ignore[func-returns-value]
    return turn.records(lambda records: _before(whole, records)[-3:] + records)


def _before(whole: list[Any], page: list[Any]) -> list[Any]:
    return whole[: whole.index(page[0])] if page else whole


def all_there(after: After) -> None:
    assert after.run.unchanged == after.size


def page_3_hangs_up(turn: Turn) -> Answer | Wire:
    return Wire(()) if turn.page == 3 else turn.reply


def page_2_moved(turn: Turn) -> Answer:
    return moved(f"{turn.canary}{turn.seen.path.lstrip('/')}") if turn.page == 2 else turn.reply


def page_4_is_page_3(turn: Turn) -> Answer:
    """Players whose clients do not ask for a size send fourteen."""
    size = int(turn.seen.query.get(turn.paging.size, 14))
    return turn.ask(turn.query_at(2 * size)) if turn.page == 4 else turn.reply


SCENARIOS = (
    Scenario(
        "page-3-fails",
        "answers page 3 of 5 with 500",
        UNREAD,
        page_3_of_5,
        claims=two_pages_read,
        needs=PAGES,
        number=23,
    ),
    Scenario(
        "next-is-itself",
        "sends the first page for ever",
        UNREAD,
        FirstPageForEver(),
        claims=stopped,
        needs=PAGES,
        number=24,
    ),
    Scenario(
        "page-3-html", "has a web page as page 3", UNREAD, page_3_is_html, claims=two_pages_read, needs=PAGES
    ),
    Scenario(
        "page-3-cut",
        "cuts page 3 and corrects the length",
        UNREAD,
        page_3_cut,
        claims=two_pages_read,
        needs=PAGES,
    ),
    Scenario("page-2-empty", "has an empty page in the middle", UNREAD, page_2_empty, needs=TOTAL),
    Scenario(
        "new-names-for-ever",
        "sends the first page for ever, under new identifiers",
        HELD | UNREAD,
        new_names_for_ever,
        claims=bounded,
        needs=PAGES,
        entry={"max_pages": 20},
    ),
    Scenario(
        "page-size-ignored",
        "sends pages of 5 whatever is asked",
        OK,
        small_pages,
        claims=all_read,
        needs=PAGES,
    ),
    Scenario(
        "pages-overlap",
        "begins each page with the end of the one before",
        OK,
        overlapping,
        claims=all_there,
        needs=PAGES,
    ),
    Scenario(
        "total-grows",
        "declares a larger total on every page",
        UNREAD,
        lambda turn: total(turn, 64 + 10 * turn.page),
        needs=TOTAL,
    ),
    Scenario(
        "total-too-small",
        "declares a total of 1",
        OK,
        lambda turn: total(turn, 1),
        claims=all_read,
        needs=TOTAL,
    ),
    Scenario(
        "total-shrinks-to-zero",
        "declares a total of 0 beside full pages",
        OK,
        lambda turn: total(turn, 0),
        claims=all_read,
        needs=TOTAL,
    ),
    Scenario(
        "total-is-text",
        "declares a total in words",
        OK | UNREAD,
        lambda turn: total(turn, "many"),
        claims=all_read,
        needs=TOTAL,
    ),
    Scenario(
        "total-is-negative",
        "declares a total of -1",
        OK | UNREAD,
        lambda turn: total(turn, -1),
        claims=all_read,
        needs=TOTAL,
    ),
    Scenario(
        "total-is-huge",
        "declares a total of 10^300",
        OK | UNREAD,
        lambda turn: total(turn, 10**300),
        claims=all_read,
        needs=TOTAL,
    ),
    Scenario("no-total", "declares no total any more", OK | UNREAD, no_total, claims=all_read, needs=TOTAL),
    Scenario(
        "page-3-hangs-up", "hangs up on page 3", UNREAD, page_3_hangs_up, claims=two_pages_read, needs=PAGES
    ),
    Scenario(
        "page-2-moved", "redirects page 2 to a server nobody may ask", UNREAD, page_2_moved, needs=PAGES
    ),
    Scenario(
        "page-4-is-page-3", "sends page 3 twice and page 4 never", UNREAD, page_4_is_page_3, needs=PAGES
    ),
    Scenario(
        "all-on-one-page",
        "sends everything on the first page",
        OK,
        lambda turn: turn.ask({**turn.seen.query, turn.paging.size: "10000"}),
        claims=all_read,
        needs=PAGES,
    ),
)
