"""2. Normalise: one shared schema, one crosswalk per source schema, one module per kind of value.

Pure functions: no input or output, no clock, no knowledge of the other packages.
"""
