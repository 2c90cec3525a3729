"""Looks into the files of reporters: the one function with decoders. It can open nothing older."""
