"""The demonstration: labelled synthetic reports travel through a running system."""
