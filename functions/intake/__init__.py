"""The public API of reporters."""
