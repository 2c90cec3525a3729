"""The one function that opens a released identity."""
