"""Replays the published first three months with synthetic reports through a running system."""
