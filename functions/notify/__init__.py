"""Tells units of the cases that are referred to them, and reporters of news."""
