"""The one table: its keys, how each thing is an item, and all code that reads and writes them.

`keys` names every key under the question it answers. Not here: what may be written
(`casework.decisions`, `casework.moves`).
"""
