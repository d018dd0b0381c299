"""What a search is: the request, the query language, the answer. Knows no engine and no store."""
