"""A report: what its reporter sent, its messages and additions, and the steps that its reporter
reads.

Not here: the receipt that opens it (`casework.credentials`), and the meaning of its words
(`casework.analysis`).
"""
