"""The demo: real catalogues, bundled, played by a loopback server and harvested like any others."""
