"""Bundled catalogues; SOURCES.md names the origin and licence of each."""
