"""Python imports this at its start where this folder is on PYTHONPATH: so every process is recorded."""

import egress_recorder

egress_recorder.install_if_asked()
