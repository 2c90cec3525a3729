"""The edges: one folder for each deployed asset. No folder imports another."""
