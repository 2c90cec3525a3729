"""The bilan: counted from the stream, published by whole months."""
