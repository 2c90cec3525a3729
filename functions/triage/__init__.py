"""From an accepted report to a case, and a case's way through its workflow."""
