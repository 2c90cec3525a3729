"""Which reports belong to one case, and which cases resemble each other.

Not here: merging cases by a person's decision (`casework.moves.merges`).
"""
