"""`python -m hubsearch` is the command `hubsearch`."""

from hubsearch.cli import main

main()
