"""The calls on one case: its page, its review, its inquiry, its freezes, its reporters.

Not here: what a decision changes (`casework.decisions`), the calls of those who see to the work of
others (`functions.desk.oversight`), and the one that opens an identity (`functions.custody`).
"""
