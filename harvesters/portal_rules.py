"""The rules of a portal's entry: checked when the file is read, and as the text its source keeps."""

from collections.abc import Mapping
from typing import Any

from harvesters.portal import Portal
from mappings.rules import RuleError, read_rules, written

CONTACT = ("contact_name", "contact_email")
"""Keys of the entry itself that are defaults, too."""

OF_TYPE: Mapping[str, str] = {"pages": "landing-pages"}
"""Tables of `rules` that are one type's own; its spider reads them."""


def check_rules(portal_type: object, rules: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    """Raises RuleError for the first rule that cannot be."""
    for key, of_type in OF_TYPE.items():
        if key in rules and portal_type != of_type:
            raise RuleError(f"rules.{key}", rules[key], f"only portals of the type {of_type} have it")
        if not isinstance(rules.get(key, {}), Mapping):
            raise RuleError(f"rules.{key}", rules[key], "write it as a table")
    read_rules({key: value for key, value in rules.items() if key not in OF_TYPE})
    for key in CONTACT:
        if key in options:
            try:
                read_rules({"defaults": {key: options[key]}})
            except RuleError as error:
                raise RuleError(key, options[key], error.allowed) from None


def contact_of(portal: Portal) -> tuple[str | None, str | None]:
    """The portal's own contact: name and e-mail address."""
    stated = portal.options | portal.rules.get("defaults", {})
    name, email = (stated.get(key) for key in CONTACT)
    return name, email


def rules_text(portal: Portal) -> str:
    """The rules as the store keeps them, the entry's contact among the defaults."""
    contact = {key: value for key, value in zip(CONTACT, contact_of(portal), strict=True) if value}
    defaults = portal.rules.get("defaults", {}) | contact
    return written({**portal.rules, "defaults": defaults})
