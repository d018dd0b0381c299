"""The rules of a portal's entry: checked when the file is read, and as the text its source keeps.

What reads them, with the vocabularies, is loaded where a portal has any.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from harvesters.portal import Portal

if TYPE_CHECKING:
    from mappings.rules import RuleError

CONTACT = ("contact_name", "contact_email")
"""Keys of the entry itself that are defaults, too."""

OF_TYPE: Mapping[str, str] = {"pages": "landing-pages"}
"""Tables of `rules` that are one type's own; its spider reads them."""


def mistake_in_rules(
    portal_type: object, rules: Mapping[str, Any], options: Mapping[str, Any]
) -> "RuleError | None":
    """The first rule, or contact, that cannot be."""
    contact = {key: options[key] for key in CONTACT if key in options}
    if not rules and not contact:
        return None
    from mappings.rules import RuleError, read_rules

    try:
        read_rules(_of_all_types(portal_type, rules))
        read_rules({"defaults": contact})
    except RuleError as error:
        outside = error.key.removeprefix("rules.defaults.")
        return RuleError(outside, error.value, error.allowed) if outside in contact else error
    return None


def _of_all_types(portal_type: object, rules: Mapping[str, Any]) -> dict[str, Any]:
    from mappings.rules import RuleError

    for key, of_type in OF_TYPE.items():
        if key in rules and portal_type != of_type:
            raise RuleError(f"rules.{key}", rules[key], f"only portals of the type {of_type} have it")
        if not isinstance(rules.get(key, {}), Mapping):
            raise RuleError(f"rules.{key}", rules[key], "write it as a table")
    return {key: value for key, value in rules.items() if key not in OF_TYPE}


def contact_of(portal: Portal) -> tuple[str | None, str | None]:
    """The portal's own contact: name and e-mail address."""
    stated = portal.options | portal.rules.get("defaults", {})
    name, email = (stated.get(key) for key in CONTACT)
    return name, email


def rules_text(portal: Portal) -> str:
    """The rules as the store keeps them, the entry's contact among the defaults."""
    contact = {key: value for key, value in zip(CONTACT, contact_of(portal), strict=True) if value}
    if not portal.rules and not contact:
        return ""
    from mappings.rules import written

    defaults = portal.rules.get("defaults", {}) | contact
    return written({**portal.rules, "defaults": defaults})
