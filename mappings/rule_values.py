"""What the rules of a portal make of a dataset: values from the fields they name, values by what they stand
for, and defaults. The crosswalk's values stay where a rule finds nothing that can be read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mappings.consume import listed, remember
from mappings.dataset import Contact, Dataset, Temporal
from mappings.dates import read_date
from mappings.dcat_us_people import make_publisher
from mappings.emails import read_email
from mappings.frequencies import read_frequency
from mappings.issue import Issue, IssueLog
from mappings.licences import read_licence
from mappings.published import clip
from mappings.rule_paths import Path, read_path
from mappings.rules import Rules
from mappings.spatial import read_spatial
from mappings.temporal import read_temporal
from mappings.text import read_line
from mappings.topics import read_topics

Found = Mapping[str, Sequence[tuple[str, Any]]]
"""Of each field: (path, value as published), in the order of the rules."""

_SETTLED: Mapping[str, tuple[str, ...]] = {
    "publisher": ("missing-publisher",),
    "contact_name": ("missing-contact",),
    "contact_email": ("missing-contact",),
    "spatial": ("missing-spatial",),
    "license": ("missing-license", "licence-not-recognised", "licence-not-stated"),
    "frequency": ("frequency-not-recognised",),
    "topics": ("missing-topics",),
    "modified": ("missing-modified",),
}
"""What a crosswalk said against a value that a rule has found or explained."""

_ALSO_AT: Mapping[str, tuple[str, ...]] = {
    "license": ("license", "license_title", "license_id", "license_url", "metadata.license"),
    "topics": ("theme", "classification.domain_category", "groups.title", "category", "metas.default.theme"),
    "publisher": ("publisher.name", "publisher", "organization.title", "resource.attribution"),
}
"""Where portals publish what a crosswalk may have passed over, or read as something else."""


def published_values(rules: Rules, record: dict[str, Any]) -> Found:
    """What the record holds where the rules look. Read before the crosswalk takes the record apart."""
    return {
        name: [(path.text, value) for path in paths for value in path.values(record)]
        for name, paths in rules.fields.items()
    }


def also_published(rules: Rules, record: dict[str, Any]) -> Mapping[str, list[str]]:
    """Texts of the usual fields, of those whose values the rules explain without saying where they are."""
    usual = {name: () if name in rules.fields else _ALSO_AT.get(name, ()) for name in rules.values}
    return {
        name: [text for path in map(_path, paths) for text in path.texts(record)]
        for name, paths in usual.items()
    }


def use_fields(dataset: Dataset, found: Found, log: IssueLog) -> None:
    """Set each field to the first value of its rule that can be read; where none can, its issues are told."""
    for name, values in found.items():
        first: list[Issue] | None = None
        for path, raw in values:
            quiet = IssueLog()
            if any(_SET[name](dataset, item, path, quiet) for item in _items(name, raw)):
                _settle(name, log)
                _consume(dataset, path, raw, log)
                log.issues += quiet.issues
                break
            first = quiet.issues if first is None else first
        else:
            log.issues += first or []


def _consume(dataset: Dataset, path: str, raw: Any, log: IssueLog) -> None:
    """A field that a rule has used is not left over."""
    key = _path(path).steps[-1]
    holders = [("", dataset.unmapped), *dataset.unmapped.items()]
    for name, holder in holders:
        if isinstance(holder, dict) and key in holder and holder[key] == raw:
            del holder[key]
            gone = {name} if name and not holder else {str(key), f"{name}.{key}"}
            dataset.unmapped = {name: value for name, value in dataset.unmapped.items() if value != {}}
            log.issues = [i for i in log.issues if i.slug != "unmapped-field" or i.field not in gone]
            return


def use_meanings(dataset: Dataset, rules: Rules, also: Mapping[str, list[str]], log: IssueLog) -> None:
    """Put what the operator says a value stands for in its place; the value as published stays beside it."""
    for name in rules.values:
        if name == "topics":
            _mean_topics(dataset, rules, also[name], log)
            continue
        for text in (*_texts_of(dataset, name), *also[name]):
            if (meaning := rules.meant(name, text)) is not None:
                part = getattr(dataset, name)
                before = part.as_published if part is not None else None
                parents = part.parents if name == "publisher" and part is not None else None
                _SET[name](dataset, meaning, name, IssueLog())
                part = getattr(dataset, name)
                part.as_published = before or clip(text)
                if parents:
                    part.parents = parents
                _settle(name, log)
                break


def use_defaults(dataset: Dataset, defaults: Mapping[str, str], log: IssueLog) -> None:
    """Fill what the record leaves open; `default-of-the-portal` says that it was filled."""
    for name, text in defaults.items():
        if name in ("contact_name", "contact_email"):
            continue
        if getattr(dataset, name) is None:
            _fill(dataset, name, text, log)
            part = getattr(dataset, name)
            if part is not None:
                part.as_published = None
    if dataset.contact is None:  # the record's person and the portal's address would not belong together
        for name in ("contact_name", "contact_email"):
            if name in defaults:
                _fill(dataset, name, defaults[name], log)


def _fill(dataset: Dataset, name: str, text: str, log: IssueLog) -> None:
    _SET[name](dataset, text, name, IssueLog())
    log.add("default-of-the-portal", name, f"the record does not say it; the portal's entry does: {text}")


def _mean_topics(dataset: Dataset, rules: Rules, also: list[str], log: IssueLog) -> None:
    topics, changed = [], False
    texts = [*also, *(text for text in listed(dataset.as_published.get("topics")) if isinstance(text, str))]
    meant = [rules.meant("topics", text) for text in texts]
    for topic in dataset.topics:
        meaning = rules.meant("topics", topic.label) or rules.meant("topics", topic.id)
        if meaning is None:
            topics.append(topic)
        else:
            meant.append(meaning)
            texts.append(topic.label)
    for text, meaning in zip(texts, meant, strict=True):
        for topic in read_topics(meaning, "topics", IssueLog()) if meaning is not None else ():
            changed = True
            dataset.as_published.setdefault("topics", text)
            topics.append(topic)
    if changed:
        dataset.topics = list({topic.id: topic for topic in reversed(topics)}.values())[::-1]
        _settle("topics", log)


def _texts_of(dataset: Dataset, name: str) -> Iterator[str]:
    """What a value may be known by: as published, and as it was read."""
    part: Any = getattr(dataset, name)
    if part is None:
        return
    for text in (part.as_published, *(getattr(part, key, None) for key in ("id", "url", "name", "value"))):
        if isinstance(text, str):
            yield text
    for place in getattr(part, "places", ()):
        yield place.name


def _path(text: str) -> Path:
    path = read_path(text)
    if path is None:
        raise ValueError(text)
    return path


def _settle(name: str, log: IssueLog) -> None:
    slugs = _SETTLED.get(name, ())
    log.issues = [issue for issue in log.issues if issue.slug not in slugs]


def _items(name: str, raw: Any) -> list[Any]:
    """Boxes, periods and topics may be lists; of everything else a list holds several to choose from."""
    return [raw] if name in ("spatial", "temporal", "topics") else listed(raw)[:100]


def _set_publisher(dataset: Dataset, raw: Any, field: str, log: IssueLog) -> bool:
    name = read_line(raw, field, log)
    if name is not None:
        dataset.publisher = make_publisher(name, raw if isinstance(raw, str) else name)
    return name is not None


def _set_contact_name(dataset: Dataset, raw: Any, field: str, log: IssueLog) -> bool:
    name = read_line(raw, field, log)
    if name is not None:
        dataset.contact = Contact(name, dataset.contact.email if dataset.contact else None)
    return name is not None


def _set_contact_email(dataset: Dataset, raw: Any, field: str, log: IssueLog) -> bool:
    email = read_email(raw, field, log)
    log.issues = [issue for issue in log.issues if issue.slug != "email-without-mailto"]
    if email is not None:
        dataset.contact = Contact(dataset.contact.name if dataset.contact else None, email)
    return email is not None


def _set_frequency(dataset: Dataset, raw: Any, field: str, log: IssueLog) -> bool:
    frequency = read_frequency(raw, field, log)
    if frequency is not None and (frequency.value is not None or dataset.frequency is None):
        dataset.frequency = frequency
    return frequency is not None and frequency.value is not None


def _set_license(dataset: Dataset, raw: Any, field: str, log: IssueLog) -> bool:
    licence = read_licence(raw, field, log, url_expected=False)
    if licence is not None and licence.id is not None:
        dataset.license = licence
    return licence is not None and licence.id is not None


def _set_spatial(dataset: Dataset, raw: Any, field: str, log: IssueLog) -> bool:
    spatial = read_spatial(raw, field, log)
    if spatial is not None:
        dataset.spatial = spatial
    return spatial is not None


def _set_temporal(dataset: Dataset, raw: Any, field: str, log: IssueLog) -> bool:
    temporal = read_temporal(raw, field, log)
    if temporal is None or not (temporal.start or temporal.end):
        return False
    dataset.temporal = temporal
    return True


def _set_day(end: str) -> Callable[[Dataset, Any, str, IssueLog], bool]:
    def set_day(dataset: Dataset, raw: Any, field: str, log: IssueLog) -> bool:
        date = read_date(raw, field, log)
        if date is not None:
            period = dataset.temporal or Temporal(None, None)
            said: dict[str, Any] = {end: date, "as_published": clip(str(raw))}
            dataset.temporal = replace(period, **said)
        return date is not None

    return set_day


def _set_topics(dataset: Dataset, raw: Any, field: str, log: IssueLog) -> bool:
    topics = read_topics(raw, field, log)
    if topics:
        dataset.topics = topics
    return bool(topics)


def _set_date(name: str) -> Callable[[Dataset, Any, str, IssueLog], bool]:
    def set_date(dataset: Dataset, raw: Any, field: str, log: IssueLog) -> bool:
        date = read_date(raw, field, log)
        if date is not None:
            setattr(dataset, name, date)
            dataset.as_published.pop(name, None)
            remember(dataset.as_published, name, raw, date)
        return date is not None

    return set_date


_SET: Mapping[str, Callable[[Dataset, Any, str, IssueLog], bool]] = {
    "publisher": _set_publisher,
    "contact_name": _set_contact_name,
    "contact_email": _set_contact_email,
    "frequency": _set_frequency,
    "license": _set_license,
    "spatial": _set_spatial,
    "temporal": _set_temporal,
    "temporal_start": _set_day("start"),
    "temporal_end": _set_day("end"),
    "topics": _set_topics,
    "issued": _set_date("issued"),
    "modified": _set_date("modified"),
}
"""How each field is set; whether something could be read."""
