"""3. Hold, link, index, query: the record store, linkage, the engines, the query model."""
