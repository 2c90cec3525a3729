"""The demonstration: labelled synthetic reports go through a running system."""
