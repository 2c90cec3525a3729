"""What people decide, as they send it, and who may: each decision makes its change of the case.

Not here: moves that machines make as well (`casework.moves`).
"""
