"""Real servers for tests: Elasticsearch and PostgreSQL, each started by the test run itself.

`elasticsearch` and `postgres` hold one class each, for tests that kill, fill or restart a server of their
own.
`shared` starts one server of a kind for a whole test run. The fixtures over both are in tests/conftest.py.
"""
