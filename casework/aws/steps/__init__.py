"""Step Functions: one Task state, and the executions of a case.

Not here: what each state does (`functions/triage/steps.py`, `functions/notify/steps.py`).
"""
