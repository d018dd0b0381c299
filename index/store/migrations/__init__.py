"""Migrations of the record store: one module a revision, run by Alembic."""
