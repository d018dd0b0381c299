"""1. Fetch: one spider per portal type; politeness, spool, and the word whether a run was complete."""
