"""The calls about the work of all: the duty desk, the figures, the histories, the staff.

Not here: the calls on one case (`functions.desk.cases`).
"""
