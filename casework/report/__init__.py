"""A report: what its reporter sent, what passes between them and people who work on the case, and
what they are told of its way.

Not here: the receipt that opens it (`casework.credentials`), and what it says
(`casework.reading`).
"""
