"""Proofs that a caller holds something: a receipt, a session, a proof of work, the mark of a trial.

Not here: what a member of the staff may do (`casework.decisions.permissions`).
"""
