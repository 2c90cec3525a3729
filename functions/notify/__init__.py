"""Telling units and the duty desk."""
