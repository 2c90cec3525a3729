"""Reporters and staff as clients of the API, whatever carries their calls."""
