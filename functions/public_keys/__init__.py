"""Tells a deployment the public halves of the keys to which boxes are sealed."""
