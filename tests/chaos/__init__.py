"""The chaos layer: every kind of broken or hostile portal, laid over every type of portal.

    player ──> layer ──> the wire ──> a real harvest over a copy of a good one ──> what has to hold
    good       the scenario changes    child process, landing, index               general claims, then
    answers    or replaces answers                                                 the scenario's own

`players.py` is the registry of types, `layer.py` catches what a player would send. The scenarios are data, in
`answers.py` (HTTP), `bodies.py`, `pages.py`, `contents.py` (records that vanish, repeat, change names) and
`values.py` (what stands in them). `stage.py` plays a cell and holds the general claims, `matrix.py` makes the
cells and names those that are not played, each with its reason; `waiting.py` lists the scenarios of the
specification that wait for a type. `test_matrix.py` plays all cells as one parametrised test.

The general claims, in every cell: the run ends as it may; fetched = the sum of what became of the records;
every record of the good harvest is still stored under its public id and still found; nothing is deleted; the
canary, a good portal on another port, was never asked; the harvest was over within its budget and ten
seconds; no child process is left.

A new type enters the matrix so:

1. Write a player in `tests/portals`: a `LoopbackServer` that answers as a good portal of the type does. It
   sends whole bodies (no chunks) and knows nothing of chaos.
2. Add one `Player` to `PLAYERS`: some 64 real records, records of another publisher, `build(records)`, how to
   read an identifier, `put(record, field, value)` for a changed copy, `rewrite(body, change)` for the records
   of one answer, and the keys its entry needs. Choose a page size that makes five pages.
3. Say in `has` which traits it has, and in `lacks` why it has not the others; a test asks for each. Scenarios
   that need a trait no type had before are in `waiting.py`: write what they do.

`python -m tests.chaos` prints the matrix in Markdown. One cell: `pytest tests/chaos -k shrunk-socrata`.
"""
