"""Known material: lists of hashes that a deployment loads, and whether a file is on one.

A list holds hashes of files or of what pictures look like, and no file. What is found is advice for
people. It joins, moves, closes and refers nothing.

Not here: which pictures of our own cases look alike (`casework.linking.picture_matching`), and what
a match suggests (`casework.pack.hash_list_subjects`).
"""
