"""What all calls of staff share: who calls, the API they are entered in, how a decision is taken.

Not here: the calls themselves (`functions.desk.cases`, `functions.desk.oversight`), and what each
role may do (`casework.decisions.permissions`).
"""
