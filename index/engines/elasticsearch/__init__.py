"""The engine of the grown hub: an Elasticsearch cluster, reached by its official client."""

from index.engines.elasticsearch.engine import ElasticsearchEngine

__all__ = ["ElasticsearchEngine"]
