"""Fault runs: what must hold when everything around it breaks, tried many times."""
