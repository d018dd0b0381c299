"""Run by Alembic: migrate over the connection the store hands in, inside its transaction."""

from alembic import context

from index.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
