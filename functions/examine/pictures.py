"""Pictures, safely: decoded by the one decoder of their type, bounded, and encoded anew.

A new picture is painted, so nothing that stood beside the pixels comes along: no EXIF, no place
where it was taken, no profile, no thumbnail, no text after its end. Of an animation the first frame
is shown. What is not whole is refused.
"""

from __future__ import annotations

import io
import warnings
from typing import Final

from PIL import (
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from casework.report.examination import MAX_PICTURE, FileType
from functions.examine import limits

DECODER_BY_FILE_TYPE: Final = {
    FileType.JPEG: JpegImagePlugin.JpegImageFile.format,
    FileType.PNG: PngImagePlugin.PngImageFile.format,
    FileType.WEBP: WebPImagePlugin.WebPImageFile.format,
    FileType.GIF: GifImagePlugin.GifImageFile.format,
    FileType.BMP: BmpImagePlugin.BmpImageFile.format,
    FileType.TIFF: TiffImagePlugin.TiffImageFile.format,
}
"""Pillow has more than forty decoders; these are open. AVIF and HEIC stay shut: see
docs/decisions."""
_TURNS: Final[dict[object, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright (Exif 3.0, tag Orientation)."""
WHITE_RGB: Final = (255, 255, 255)
Image.MAX_IMAGE_PIXELS = limits.MAX_PIXELS


class NotDecodable(Exception):
    """The decoder refuses the file, or it is beyond the limits."""

    error_code = "NotShown"


def decode_picture(content: bytes, kind: FileType) -> Image.Image:
    """The picture, decoded and as large as it is read, upright, in RGB; raises NotDecodable."""
    try:
        # Pillow raises an error above twice the limit and only warns above the limit itself.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _opened(content, str(DECODER_BY_FILE_TYPE[kind]))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # decoders raise what they like at hostile bytes
        raise NotDecodable(type(error).__name__) from None


def _opened(content: bytes, format_: str) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=(format_,)) as picture:
        width, height = picture.size
        across = min(1.0, limits.MAX_OCR_SIDE_PIXELS / width)
        tall = is_tall_picture(width, height)
        bounds = (
            limits.MAX_OCR_SIDE_PIXELS,
            int(height * across) if tall else limits.MAX_OCR_SIDE_PIXELS,
        )
        picture.draft("RGB", bounds)
        turn = _TURNS.get(_orientation(picture))
        small = picture.convert("RGBA" if _is_see_through(picture) else "RGB")
    small.thumbnail(bounds, reducing_gap=3)
    return flatten_picture(small if turn is None else small.transpose(turn))


TALL_PICTURE_RATIO: Final = 3.0
"""Times its width that a picture is high before it is cut: a telephone's screen is 2.2."""
MIN_READABLE_WIDTH_PIXELS: Final = 200
"""Pixels of width below which it is not: nothing in it can be read."""


def is_tall_picture(width: int, height: int) -> bool:
    """Whether a picture is a long strip, as of a conversation that was captured while it scrolled:
    shown whole, its letters would be too small."""
    return width >= MIN_READABLE_WIDTH_PIXELS and height > TALL_PICTURE_RATIO * width


def split_into_strips(picture: Image.Image) -> list[Image.Image]:
    """A long strip in parts twice as high as wide, each with an eighth of a width of the one above;
    another picture as it is."""
    width, height = picture.size
    if not is_tall_picture(width, height):
        return [picture]
    shared = width // 8
    return [
        picture.crop((0, top, width, min(top + 2 * width, height)))
        for top in range(0, height - shared, 2 * width - shared)
    ]


def _orientation(picture: Image.Image) -> object:
    """How the camera says that it was held; None where what it says cannot be read."""
    try:
        return picture.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # noqa: BLE001  # the pixels do not depend on it
        return None


def _is_see_through(picture: Image.Image) -> bool:
    return picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info


def flatten_picture(picture: Image.Image) -> Image.Image:
    """A new picture with these pixels on white, and nothing else of the old one."""
    new = Image.new("RGB", picture.size, WHITE_RGB)
    new.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    return new


def encode_webp(picture: Image.Image) -> bytes:
    """The picture as WebP; raises NotDecodable where it has too many bytes at the lowest
    quality."""
    for quality in limits.WEBP_QUALITIES:
        written = io.BytesIO()
        picture.save(written, "WEBP", quality=quality)
        if written.tell() <= MAX_PICTURE:
            return written.getvalue()
    raise NotDecodable
