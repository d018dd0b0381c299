"""A record mapped under its portal's rules.

record ──> filters on its fields ──> crosswalk ──> fields ──> values ──> filters on the dataset ──> defaults
"""

from mappings.issue import IssueLog
from mappings.quality import score
from mappings.rule_values import also_published, published_values, use_defaults, use_fields, use_meanings
from mappings.rules import LeftOut, of_text
from mappings.schemas import SCHEMAS, Mapped, map_record


def map_ruled(schema_name: str, payload: bytes, rules_text: str) -> Mapped:
    """The dataset of one record as received, under the rules that `rules.written` wrote. Raises LeftOut, and
    as `map_record`.

    The quality score counts what the publisher publishes, so defaults do not raise it.
    """
    rules = of_text(rules_text)
    record, _ = SCHEMAS[schema_name].decode(payload)
    if (rule := rules.filters.of_record(record)) is not None:
        raise LeftOut(rule)
    found, also = published_values(rules, record), also_published(rules, record)
    mapped = map_record(schema_name, payload)
    log = IssueLog(mapped.issues)
    use_fields(mapped.dataset, found, log)
    use_meanings(mapped.dataset, rules, also, log)
    if (rule := rules.filters.of_dataset(mapped.dataset)) is not None:
        raise LeftOut(rule)
    if mapped.dataset.quality is not None:
        mapped.dataset.quality = score(mapped.dataset)
    use_defaults(mapped.dataset, rules.defaults, log)
    mapped.issues = list(dict.fromkeys(log.issues))
    return mapped
