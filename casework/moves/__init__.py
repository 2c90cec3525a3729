"""The moves of a case, by their purpose. Each returns a `Change`.

Values in, values out: the caller brings the time, the pack's figures and the author. Not here:
which moves are legal (`casework.case.lifecycle`), and the requests of people
(`casework.decisions`).
"""
