"""The demo: bundled catalogues, played by loopback servers and harvested like any others."""
