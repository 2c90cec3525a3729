"""Sets the dossier of a case as a signed package: the one function with a typesetter. It reads no
table."""
