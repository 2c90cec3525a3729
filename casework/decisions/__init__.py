"""Decisions of people, as they send them, with permissions: each makes its change of the case.

Not here: moves that functions make as well (`casework.moves`).
"""
