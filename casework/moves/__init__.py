"""The moves a case makes, by what they are for. Each returns a `Change`.

Values in, values out: the caller brings the time, the pack's figures and who acts. Not here: which
moves are legal (`casework.case.lifecycle`), and what people send (`casework.decisions`).
"""
