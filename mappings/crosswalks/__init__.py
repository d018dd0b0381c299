"""From a source schema to the shared one: a module each, which says in `SCHEMAS` what it reads and how."""
