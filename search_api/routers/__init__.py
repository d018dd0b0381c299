"""The addresses of the hub, one module for each part."""
