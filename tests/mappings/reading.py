"""How value readers are tested: one raw value in, the value and the slugs found out."""

from collections.abc import Callable
from typing import TypeVar

from hypothesis import strategies as st

from mappings.issue import IssueLog

T = TypeVar("T")
Reader = Callable[[object, str, IssueLog], T]


def read(reader: Reader[T], raw: object) -> tuple[T, list[str]]:
    """The value, and the slugs in the order they were logged."""
    log = IssueLog()
    value = reader(raw, "field", log)
    return value, [issue.slug for issue in log.issues]


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.text("<>&;/:@{}[]()\",'.-+ \n\t\0\ud800amp0189", max_size=60),
)
"""JSON's single values, with what breaks parsers: lone surrogates, NUL, infinities, markup."""

ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(
            st.one_of(st.text(max_size=8), st.sampled_from(["@value", "@id", "type", "coordinates", "bbox"])),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=12,
)
