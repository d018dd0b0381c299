"""The revisions: `r` and the number. A released one is never edited again."""
