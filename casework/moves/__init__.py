"""The moves a case makes, by what they are for. Each returns a `Change`.

Values in, values out: the caller brings the time, the pack's figures and who acts.
"""
