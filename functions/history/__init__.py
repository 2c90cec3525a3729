"""Seals the history of cases, day by day."""
