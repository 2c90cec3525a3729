"""From an HTTP event to a handler and back: callers, targets, problems, cursors, headers of pages.

Not here: the calls themselves (`functions/`).
"""
