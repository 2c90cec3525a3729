"""Arabic letters that people write in place of one another."""

from __future__ import annotations

from typing import Final

SIMILAR_LETTERS: Final = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ء": None}
    | {"گ": "ك", "ڭ": "ك", "ݣ": "ك", "ڤ": "ف", "پ": "ب", "ی": "ي", "ک": "ك", "ـ": None}
)
"""Hamza, taa marbuta, alif maqsura and the letters of neighbouring languages, each as the plain
letter. A hamza by itself and tatweel are removed."""
