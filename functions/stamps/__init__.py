"""Has the log of days stamped with the time by an authority outside (RFC 3161)."""
