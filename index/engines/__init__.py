"""Search engines behind one Protocol. No engine's types leave its module."""
