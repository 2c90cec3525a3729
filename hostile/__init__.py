"""Text that was made to hurt, and what it must not do.

hostile.corpus     the strings and bodies that are shipped, and reading those of others
hostile.trial      sends them through a running system and says what went wrong
hostile.pages      whether a page shows what was typed as text
hostile.hunt       searches for a text that costs more to read than its length allows
hostile.steps      counts what reading costs
"""
