"""What a string is: strict JSON, letters, codes, references, tables for spreadsheets.

Not here: the meaning of a text (`casework.analysis`), and the identifiers in it
(`casework.identifiers`).
"""
