"""The calls on one case: its page, review, inquiry, freezes, reporters, care, retention.

Not here: what a decision changes (`casework.decisions`), the calls of those who see to the work of
others (`functions.desk.oversight`), and the one that opens an identity (`functions.custody`).
"""
