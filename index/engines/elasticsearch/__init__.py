"""The engine of the grown hub: an Elasticsearch cluster, reached by its official client."""
