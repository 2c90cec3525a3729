"""What makes two reports one case, and which cases look alike without that.

Not here: merging cases by a person's decision (`casework.moves.merging`).
"""
