"""What a report says: language, concepts, sums, places, and the advice that follows from them.

This room advises people and decides nothing. Not here: identifiers (`casework.identifiers`), and
the words themselves (the lexicons).
"""
