"""What staff and courts are shown: lists, the case page, the dossier, the draft of a freeze.

Not here: who may see it (`casework.decisions.permissions`).
"""
