"""`python -m tests.chaos` prints the matrix in Markdown."""

import sys

from tests.chaos.matrix import table

sys.stdout.write(table() + "\n")
