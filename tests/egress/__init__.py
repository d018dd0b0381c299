"""Every connection of every process of the suite is recorded; the run fails on one that by-passed the guard.

`recording/` is what each process loads, `rules` judges what it wrote, `plugin` is what pytest knows of it.
"""
