"""The command line and the settings: the only place that wires the other packages together."""
