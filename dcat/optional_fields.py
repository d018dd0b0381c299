"""The fields data.gov does not require: each is there when the record says it in a form data.gov accepts.

A value in another form is left out, not bent: a licence's name is no URL, an open interval no closed one.
"""

from collections.abc import Iterator
from typing import Any

from dcat.distribution_fields import distributions
from dcat.published import as_published, cut_at_word, harmless, inert, was_cut
from dcat.rules import first_fit, fits
from mappings.dataset import Dataset, Temporal

RIGHTS_LIMIT = 255
DICTIONARY = "data dictionary"
"""Title (case ignored) of the documentation link that DCAT-US calls `describedBy`."""
PASSED_ON = (
    "bureauCode",
    "programCode",
    "primaryITInvestmentUII",
    "dataQuality",
    "describedByType",
)
"""DCAT-US fields without a field in the shared schema: kept as unmapped when harvested, valid in this
feed."""


def optional_fields(dataset: Dataset) -> Iterator[tuple[str, Any]]:
    """(name, value) pairs in the order they are written; values data.gov would refuse are not among them."""
    for name, value in _candidates(dataset):
        if fits(name, value):
            yield name, value
    entries = distributions(dataset)
    if entries:
        yield "distribution", entries


def _candidates(dataset: Dataset) -> Iterator[tuple[str, Any]]:
    yield "issued", first_fit("issued", as_published(dataset, "issued"), dataset.issued)
    frequency = dataset.frequency
    yield (
        "accrualPeriodicity",
        frequency and first_fit("accrualPeriodicity", frequency.as_published, frequency.value),
    )
    yield "language", first_fit("language", as_published(dataset, "language"), dataset.language or None)
    yield "license", _license(dataset)
    yield "rights", cut_at_word(dataset.rights, RIGHTS_LIMIT) if dataset.rights else None
    yield "theme", _theme(dataset)
    yield "spatial", _spatial(dataset)
    yield "temporal", _temporal(dataset.temporal)
    yield "landingPage", harmless(dataset.landing_page)
    described_by = next(
        (link.url for link in dataset.documentation if _is_dictionary(link.title) and harmless(link.url)),
        None,
    )
    yield "describedBy", described_by
    yield "references", _references(dataset, described_by)
    for name in PASSED_ON:
        yield name, dataset.unmapped.get(name)
    yield "systemOfRecords", inert(dataset.unmapped.get("systemOfRecords"))
    yield "conformsTo", _standard(dataset.unmapped.get("conformsTo"))


def _license(dataset: Dataset) -> str | None:
    known = dataset.license
    if known is None:
        return None
    url: str | None = first_fit("license", harmless(known.as_published), harmless(known.url))
    return url


def _theme(dataset: Dataset) -> list[str] | None:
    """The publisher's own words (data.gov goes by "geospatial"), else our headings for what was a code."""
    published = dataset.as_published.get("topics")
    if isinstance(published, list):
        texts = {text for text in published if isinstance(text, str) and "://" not in text and inert(text)}
        if texts:
            return sorted(texts, key=lambda label: (label.casefold(), label))
    labels = {topic.label for topic in dataset.topics if not topic.derived and topic.label}
    return sorted(labels, key=lambda label: (label.casefold(), label)) or None


def _spatial(dataset: Dataset) -> str | None:
    known = dataset.spatial
    if known is None:
        return None
    published = known.as_published
    if published and not published.startswith(("{", "[")) and not was_cut(published) and inert(published):
        return published.strip()
    if known.bbox and not known.bbox_derived:
        return ",".join(f"{degrees:.10g}" for degrees in known.bbox)
    return next((place.as_published or place.name for place in known.places if not place.derived), None)


def _temporal(known: Temporal | None) -> str | None:
    if known is None or known.derived:
        return None
    interval = f"{known.start}/{known.end}" if known.start and known.end else None
    closed: str | None = first_fit("temporal", known.as_published, interval)
    return closed


def _standard(published: Any) -> str | None:
    return harmless(published) if isinstance(published, str) else None


def _is_dictionary(title: str | None) -> bool:
    return title is not None and title.casefold() == DICTIONARY


def _references(dataset: Dataset, described_by: str | None) -> list[str] | None:
    urls = (link.url for link in dataset.documentation if link.url != described_by)
    return [url for url in dict.fromkeys(urls) if harmless(url) and fits("references", [url])] or None
