"""The founding case, replayed: three months of synthetic reports through a running system."""
