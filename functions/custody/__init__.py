"""The one function that opens a released identity, or a number to call in danger."""
