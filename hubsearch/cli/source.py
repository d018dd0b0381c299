"""`hubsearch source …`: the portals this hub harvests."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import click

from harvesters.addresses import shown
from harvesters.detect import detect
from harvesters.portal import LEVELS, Portal
from harvesters.portals_file import PortalsFileError, add_portal, read_portals, remove_portal
from hubsearch.cli.output import json_option, print_json, print_table, say
from hubsearch.cli.trial import test
from hubsearch.hub import open_hub
from hubsearch.portals import (
    TYPES,
    configured,
    find_portal,
    id_from_url,
    new_portal,
    on_disk,
    path_meant,
    suggested,
)
from hubsearch.secrets import keep, variable_of, without_user_info
from hubsearch.settings import Settings
from hubsearch.spools import sweep_spools
from hubsearch.work.alone import alone_at


@click.group()
def source() -> None:
    """The portals this hub harvests: add, list, test, show, remove."""


source.add_command(test)


@source.command("add")
@click.argument("url")
@click.option("--id", "portal_id", help="Short name used everywhere; made from the host if not given.")
@click.option(
    "--type", "portal_type", type=click.Choice(TYPES), help="Found out by asking the portal if not given."
)
@click.option("--title", help="What people read; the host if not given.")
@click.option("--jurisdiction", help="The state, county, city or body it speaks for.")
@click.option("--level", type=click.Choice(LEVELS), help="Level of government.")
@click.option(
    "--allow-private", is_flag=True, help="Let this portal's own host be a loopback or private address."
)
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="KEY=VALUE",
    help="Any key of the entry, also inside `rules` (rules.filters.title='[\"test *\"]'); may be repeated.",
)
@json_option
@click.pass_obj
def add(settings: Settings, /, url: str, as_json: bool, **given: Any) -> None:
    """Write a portal's entry into the portals file, finding out its type if none is given.

    URL is an address, or the path of a register or a JKAN site, relative to the portals file.
    """
    evidence: list[str] = ["given with --type"]
    portal_type = given.pop("portal_type")
    path = path_meant(url, portal_type, settings.portals.parent)
    given["folder"] = settings.portals.parent if path else None
    address, user, password = (path, "", "") if path else _split(url)
    given["portal_id"] = given["portal_id"] or id_from_url(address)
    auth = {"user": user, "password_env": variable_of(given["portal_id"])} if user else None
    # a mistake in what was given is said before anything is asked
    portal = new_portal(address, portal_type or ("register" if path else TYPES[0]), auth=auth, **given)
    if path:
        on_disk(portal)
    if portal_type is None:
        secrets = {auth["password_env"]: password} if auth else {}
        found = detect(portal, user_agent=settings.user_agent, secrets=secrets, hosts=settings.hosts)
        portal_type, address, evidence = found.type, found.url, found.evidence
        keys = suggested(found, given["options"])
        portal = new_portal(address, portal_type, auth=auth, found=keys, **given)
    add_portal(settings.portals, portal)
    if auth:
        keep(settings, portal.id, password)
    if as_json:
        print_json(asdict(portal) | {"detected": {"type": portal_type, "evidence": evidence}})
        return
    say(f"Added {portal.id} ({portal.type}) to {settings.portals}: {'; '.join(evidence)}.")
    if portal.expected_minimum:
        say(f"A run with fewer than {portal.expected_minimum:,} records will be held (expected_minimum).")
    say(f"Next: hubsearch source test {portal.id}, then hubsearch harvest {portal.id}")


def _split(url: str) -> tuple[str, str, str]:
    """The address without user info, the user's name and the password. An address without a scheme is https.

    Raises PortalsFileError, whose text shows no password.
    """
    whole = url if "://" in url else f"https://{url}"
    try:
        if url.lower().startswith(("http:", "https:")) and "://" not in url:
            raise ValueError("two slashes are missing")
        return without_user_info(whole)
    except ValueError:
        raise PortalsFileError(
            f"source add {shown(url)}: write a whole address such as https://data.example.gov/data.json"
        ) from None


@source.command("list")
@json_option
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """Every portal of the portals file, with what the hub holds of it."""
    portals = read_portals(settings.portals) if settings.portals.exists() else []
    with open_hub(settings) as hub:
        held = hub.store.record_counts()
        rows = [(portal, held.get(portal.id, 0)) for portal in portals]
    if as_json:
        print_json([asdict(portal) | {"records": records} for portal, records in rows])
        return
    print_table(
        ("id", "type", "level", "records", "title", "url"),
        [(p.id, p.type, p.level, records, p.title, p.url) for p, records in rows],
        empty=f"No portal in {settings.portals} yet. Add one: hubsearch source add URL",
    )


@source.command("show")
@click.argument("portal_id", metavar="ID")
@json_option
@click.pass_obj
def show(settings: Settings, portal_id: str, as_json: bool) -> None:
    """One portal's entry with its rules, and its last run."""
    portal = find_portal(configured(settings), portal_id)
    with open_hub(settings) as hub:
        runs = hub.store.runs(source=portal_id, limit=1)
        document = asdict(portal) | {
            "records": hub.store.record_counts().get(portal_id, 0),
            "last_run": runs[0].as_json() if runs else None,
            "robots_rule": _robots_rule(portal),
        }
    if as_json:
        print_json(document)
        return
    rules = document.pop("rules")
    print_table(("key", "value"), [*document.items(), *_lines("rules", rules)], empty="")


def _lines(key: str, rules: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """One line a rule, under the key that `source add --option` takes."""
    for name, value in rules.items():
        plain = re.fullmatch(r"[A-Za-z0-9_-]+", name)
        inner = f"{key}.{name}" if plain else f'{key}."{name}"'
        if isinstance(value, Mapping):
            yield from _lines(inner, value)
        else:
            yield inner, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _robots_rule(portal: Portal) -> str:
    """Which reading of robots.txt holds, in words: operators are asked about it."""
    if portal.robots == "obey" or portal.type in {"landing-pages", "waf"}:
        return "robots.txt is obeyed wholly"
    return "the documented endpoints are asked even where robots.txt disallows them; Crawl-delay is honoured"


@source.command("remove")
@click.argument("portal_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do it; without this the command only says what it would do.")
@json_option
@click.pass_obj
def remove(settings: Settings, portal_id: str, yes: bool, as_json: bool) -> None:
    """Remove a portal's entry and every record the hub holds of it."""
    portal = find_portal(configured(settings), portal_id)
    with open_hub(settings) as hub:
        records = hub.store.record_counts().get(portal.id, 0)
        if yes:
            with alone_at(hub, portal.id) as held:
                remove_portal(settings.portals, portal.id)
                hub.store.fenced(held.fence).remove_source(portal.id)
                sweep_spools(hub, portal.id)
                settings.kept(portal.id).unlink(missing_ok=True)
                hub.leases.remove(held)
            hub.catch_up(say, allow_shrink=True)
    if as_json:
        print_json({"source": portal.id, "records": records, "removed": yes})
        return
    if yes:
        say(f"Removed {portal.id} and its {records:,} records.")
    else:
        say(f"Would remove {portal.id} and its {records:,} records. Say --yes to do it.")
