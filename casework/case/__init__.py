"""The case: its fields, its law, its history, and the seal of a day of histories.

`lifecycle` is the law: every legal move is there. Not here: the changes of each move
(`casework.moves`), and the requests by which people decide (`casework.decisions`).
"""
