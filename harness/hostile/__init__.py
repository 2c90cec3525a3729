"""Hostile text, and what it must not do.

hostile.corpus     the included strings and bodies, and the reading of other files
hostile.trial_run      sends them through a running system and reports what went wrong
hostile.pages      checks that a page shows typed text as text
hostile.cost_search       searches for a text that costs more to read than its length allows
hostile.steps      counts the cost of reading
"""
