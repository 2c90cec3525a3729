"""Measures the assessment on labelled reports: `make evaluate FILE=…`."""
