"""The case: its fields, its law, its history, and the seal of a day of histories.

`lifecycle` is the law: every legal move is there. Not here: what each move changes
(`casework.moves`), and what people send to decide one (`casework.decisions`).
"""
