"""Receives the files of reporters: reads each upload once, seals it, and keeps the ciphertext."""
