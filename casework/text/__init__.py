"""What a string is: strict JSON, letters, codes, references, tables for spreadsheets.

Not here: what a text means (`casework.reading`), or whose telephone stands in it
(`casework.identifiers`).
"""
