"""What the receipt without JavaScript shows a camera."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.intake import qr
from tests.e2e import qr as camera

CODES = "B9TG-QJG0-G9D3-9JHB-Q\n8P4R-M5B7-DJDZ-XX5C-BCPB-NGSX-YC"


@given(st.from_regex(r"[0-9A-Z-]{21}\n[0-9A-Z-]{31}", fullmatch=True))
def test_a_camera_reads_both_codes(text: str) -> None:
    path, size = qr.qr_code_path(text)
    assert camera.text_of(*camera.drawn(path, size)) == text


def test_a_camera_finds_light_around_the_codes_and_the_three_corners() -> None:
    path, size = qr.qr_code_path(CODES)
    dark, side = camera.drawn(path, size)
    assert size == side + 2 * qr.QR_MARGIN_MODULES
    finder = ["#######", "#     #", "# ### #", "# ### #", "# ### #", "#     #", "#######"]
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        seen = [
            "".join("# "[(top + row, left + column) not in dark] for column in range(7))
            for row in range(7)
        ]
        assert seen == finder


def test_a_text_that_has_no_room_is_not_cut() -> None:
    with pytest.raises(ValueError, match="too large"):
        qr.qr_code_path("x" * 3_000)
