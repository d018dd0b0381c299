"""The types of portals: a module each, named like the type, with one spider; its docstring is the manual."""
