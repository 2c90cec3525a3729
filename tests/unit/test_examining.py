"""The decoders at odd files: each is made here, and none is stored."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import time
import zipfile
import zlib
from functools import cache
from typing import Any

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw, ImageFont

from casework.report.examination import MAX_PREVIEW_PAGES, FileType, StoredPreviewPage
from casework.report.kinds import detect_file_type
from functions.examine import limits
from functions.examine.inspection import CUT_FINDING, inspect_file
from functions.examine.sandbox import OCR_MODEL_LANGUAGES
from infra.assets import BUNDLED_FILES_BY_PART, ROOT

SENT = b"<script>alert(1)</script> +212600000000"
"""What must not come along with the pixels."""


@cache
def drawn(seed: int = 1, size: tuple[int, int] = (900, 700)) -> Image.Image:
    """A picture with something in it."""
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    pen = ImageDraw.Draw(picture)
    for at in range(40):
        x, y = (at * seed * 37) % size[0], (at * seed * 61) % size[1]
        colour = ((at * 53) % 256, (at * 97 * seed) % 256, (at * 29) % 256)
        pen.rectangle((x, y, x + 60 + at * 2, y + 40 + at), fill=colour)
    return picture


def saved(picture: Image.Image, format_: str, **how: Any) -> bytes:
    """The picture as a file."""
    written = io.BytesIO()
    picture.save(written, format_, **how)
    return written.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


def png_of(width: int, height: int) -> bytes:
    """A PNG that says that it has so many pixels of one bit, and is small."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(bytes(height // 8), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf_of(*sizes: tuple[float, float]) -> bytes:
    """A PDF with blank pages of these sizes in points."""
    document, written = pdfium.PdfDocument.new(), io.BytesIO()
    for size in sizes:
        document.new_page(*size)
    document.save(written)
    return written.getvalue()


LONG_DOCUMENT = pdf_of(*[(2, 30)] * 14)
"""More pages than are shown; each is narrow, so that it is drawn soon."""

WORDS = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R
/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 49>>stream
BT /F 24 Tf 20 100 Td (RIB 011 780 0000) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
"""
"""A PDF by hand: words, a script at its opening, and no table of its objects."""


MODELS = BUNDLED_FILES_BY_PART["examine"]["functions/examine/ara.traineddata.gz"]
"""Of Arabic; that of French lies likewise."""


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The models that words are read with, unpacked as the examiner does."""
    folder = tmp_path_factory.mktemp("models")
    for each in OCR_MODEL_LANGUAGES:
        packed = ROOT / MODELS.replace("ara", each)
        (folder / f"{each}.traineddata").write_bytes(gzip.decompress(packed.read_bytes()))
    return str(folder)


def told(content: bytes, models: str = "") -> tuple[dict[str, Any], list[dict[str, Any]], bool]:
    """What the decoders say first, the pages with their words, and whether something failed."""
    first, *rest = inspect_file(content, models)
    pages = [each for each in rest if "picture" in each]
    for each in rest:
        if "page" in each:
            pages[each["page"] - 1] |= {name: each[name] for name in ("text", "suggested")}
    return first, pages, {"failed": True} in rest


def shown(page: dict[str, Any]) -> Image.Image:
    """The picture of a page."""
    return Image.open(io.BytesIO(base64.b64decode(page["picture"])), formats=("WEBP",))


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_picture_is_shown_by_its_content_in_a_bounded_size(format_: str) -> None:
    (first, (page,), failed) = told(saved(drawn(size=(2000, 500)), format_))
    assert (first["type"], first["agreed"], failed) == (format_.lower(), True, False)
    assert shown(page).size == (limits.MAX_PREVIEW_SIDE_PIXELS, 400)


def test_nothing_that_stands_beside_the_pixels_comes_along() -> None:
    """The place where it was taken, the telephone, texts, and what stands after the end."""
    exif = Image.Exif()
    exif[0x0110] = "a telephone of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    for content in (
        saved(drawn(), "JPEG", exif=exif, comment=SENT) + SENT,
        saved(drawn(), "PNG", exif=exif) + SENT,
        saved(drawn(), "WEBP", exif=exif, xmp=SENT, icc_profile=SENT),
    ):
        (_, (page,), _) = told(content)
        preview = shown(page)
        assert not preview.getexif()
        assert preview.info.keys() <= {"loop", "background", "timestamp", "duration"}
        raw = base64.b64decode(page["picture"])
        assert SENT not in raw
        assert b"telephone" not in raw


def claiming() -> Image.Exif:
    """Facts of a camera, with what must not reach a page."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker", "Telephone 5\x07\n<b>"
    exif[0x0131] = "Editor " + "x" * 500
    exif.get_ifd(0x8769)[0x9003] = "2026:02:27 21:14:05"
    exif.get_ifd(0x8769)[0x9011] = "+01:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 1.0, 15.4), 3: "W", 4: (6.0, 50.0, 2.6)})
    return exif


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_what_a_picture_says_of_itself_stands_beside_its_first_page_without_the_place(
    format_: str,
) -> None:
    content = saved(drawn(), format_, exif=claiming())
    (first, (page,), _) = told(content)
    assert page["claims"] == {
        "taken": "2026-02-27 21:14:05+01:00",
        "device": "Maker Telephone 5<b>",
        "software": "Editor " + "x" * 113,
        "place": True,
    }
    assert "claims" not in first, "it is sealed with the preview and stands in no table"
    assert "50.0" not in str(page["claims"])
    assert StoredPreviewPage.model_validate(page).claims is not None


@pytest.mark.parametrize(
    ("taken", "zone", "said"),
    [
        ("2026:02:27 21:14:05", "", "2026-02-27 21:14:05"),
        ("2026:02:27 21:14:05\0", "+01:00:30.5", "2026-02-27 21:14:05"),
        ("2026:02:30 21:14:05", "+01:00", None),
        ("yesterday", "", None),
        ("    :  :     :  :  ", "", None),
    ],
)
def test_a_time_that_is_none_is_left_out_and_fails_no_preview(
    taken: str, zone: str, said: str | None
) -> None:
    exif = Image.Exif()
    exif[0x0131] = "Editor"
    exif.get_ifd(0x8769).update({0x9003: taken, 0x9011: zone})
    content = saved(drawn(), "JPEG", exif=exif)
    (_, (page,), _) = told(content)
    assert (page["claims"]["taken"], page["claims"]["place"]) == (said, False)
    assert StoredPreviewPage.model_validate(page).claims is not None, (
        "else the preview counts as failed"
    )


def test_a_picture_that_says_nothing_of_itself_or_nothing_that_can_be_read_makes_no_claim() -> None:
    broken = saved(drawn(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + bytes(40))
    for content in (saved(drawn(), "JPEG"), saved(drawn(), "GIF"), broken):
        (_, (page,), failed) = told(content)
        assert "claims" not in page
        assert not failed


def test_a_picture_is_upright_as_the_camera_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    (_, (page,), _) = told(saved(drawn(size=(900, 300)), "JPEG", exif=exif))
    assert shown(page).size == (300, 900)


def test_a_conversation_that_was_captured_while_it_scrolled_is_shown_in_parts() -> None:
    """Shown whole, a screen of 1,080 by 20,000 pixels would be 87 pixels wide."""
    (first, pages, failed) = told(saved(drawn(size=(1080, 20_000)), "JPEG"))
    assert (first["pages"], len(pages), failed) == (10, 10, False)
    assert {shown(each).size for each in pages[:-1]} == {(800, 1600)}
    (first, pages, _) = told(saved(drawn(size=(300, 20_000)), "PNG"))
    assert (first["pages"], len(pages)) == (36, 10), "the page says how many there are"
    (_, (page,), _) = told(saved(drawn(size=(20, 20_000)), "PNG"))
    assert shown(page).size == (1, 1600)


def test_of_an_animation_the_first_frame_is_shown() -> None:
    frames = [Image.new("RGB", (50, 50), (each, 0, 0)) for each in range(0, 250, 5)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    (first, pages, failed) = told(content)
    assert (first["pages"], len(pages), failed) == (1, 1, False)
    assert shown(pages[0]).convert("L").histogram()[30:] == [0] * 226


def test_what_is_behind_a_clear_picture_is_white() -> None:
    (_, (page,), _) = told(saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"))
    assert shown(page).convert("RGB").getpixel((25, 25)) == (255, 255, 255)


@pytest.mark.parametrize(
    "size", [(50_000, 50_000), (9_000, 9_000)], ids=["a bomb", "where Pillow only warns"]
)
def test_a_bomb_is_refused_by_its_head(size: tuple[int, int]) -> None:
    assert size[0] * size[1] > limits.MAX_PIXELS
    content, begun = png_of(*size), time.process_time()
    assert len(content) < 10_000
    (first, pages, failed) = told(content)
    assert (first, pages, failed) == ({"type": FileType.PNG, "agreed": False}, [], True)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_file_that_is_cut_off_has_no_preview(format_: str) -> None:
    content = saved(drawn(), format_)
    (first, pages, failed) = told(content[: len(content) * 2 // 3])
    assert (first["type"], first["agreed"]) == (format_.lower(), False)
    assert (pages, failed) == ([], True)


def packed() -> bytes:
    """An archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("../run.sh", SENT)
    return written.getvalue()


POLYGLOTS = {
    "a picture and an archive": (saved(drawn(), "GIF") + packed(), FileType.GIF, True),
    "a picture and a page": (saved(drawn(), "JPEG") + SENT, FileType.JPEG, True),
    "a page that begins as a picture": (b"\xff\xd8\xff\xe0" + SENT, FileType.JPEG, False),
    "a picture that begins as a document": (
        b"%PDF-1.7\n" + saved(drawn(), "PNG"),
        FileType.PDF,
        False,
    ),
    "a document in a picture": (
        saved(drawn(), "JPEG", comment=WORDS),
        FileType.JPEG,
        True,
    ),
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_file_that_is_two_things_is_what_it_begins_as(name: str) -> None:
    content, kind, agreed = POLYGLOTS[name]
    (first, pages, failed) = told(content)
    assert (first["type"], first["agreed"], failed) == (kind, agreed, not agreed)
    assert len(pages) == int(agreed)
    assert all(SENT not in base64.b64decode(each["picture"]) for each in pages)


def test_types_without_a_decoder_here_are_named_and_not_shown() -> None:
    for content, kind in {
        b"\x00\x00\x00\x18ftypheic" + bytes(20): FileType.HEIC,
        b"\x00\x00\x00\x18ftypavif" + bytes(20): FileType.AVIF,
        b"\x00\x00\x00\x18ftyp3gp4" + bytes(20): FileType.VIDEO,
        b"\x00\x00\x00\x18ftypM4A " + bytes(20): FileType.SOUND,
        b"RIFF\x00\x00\x00\x00WAVEfmt ": FileType.SOUND,
        b"OggS\x00\x02": FileType.SOUND,
        b"7z\xbc\xaf\x27\x1c" + bytes(20): FileType.ARCHIVE,
        b"\x1f\x8b\x08" + bytes(20): FileType.ARCHIVE,
        b"MZ\x90\x00\x03": FileType.UNKNOWN,
        b"%!PS-Adobe-3.0 EPSF\x00": FileType.UNKNOWN,
        b"": FileType.UNKNOWN,
    }.items():
        assert told(content) == ({"type": kind, "agreed": False}, [], False)


def archive_of(**files: bytes) -> bytes:
    """A ZIP with these files, squeezed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return written.getvalue()


def entries(content: bytes) -> list[str]:
    """The lines of the listing of an archive."""
    first, (page,), failed = told(content)
    assert (first, failed) == ({"type": FileType.ARCHIVE, "agreed": True, "pages": 1}, False)
    assert page["picture"] == ""
    return str(page["text"]).split("\n")


def test_an_archive_is_listed_and_never_unpacked() -> None:
    whole = archive_of(chat_txt=b"Salam" * 4, photo_jpg=b"\xff\xd8\xff")
    assert entries(whole) == ["Σ 2/2 · 23 B · 1:1", "20\tchat.txt", "3\tphoto.jpg"]
    spoilt = whole.replace(b"Salam", b"\0\0\0\0\0")
    assert entries(spoilt)[0] == "Σ 2/2 · 23 B · 1:1", "what an entry holds is not looked at"
    assert entries(b"PK\x05\x06" + bytes(18)) == ["Σ 0/0 · 0 B · 0:1"]


def test_an_archive_that_would_unpack_to_a_flood_says_so() -> None:
    """A bomb of our own: twenty million zeros in thirty kilobytes, and then one in another."""
    bomb = archive_of(zeros_bin=bytes(20_000_000))
    assert len(bomb) < 30_000
    head, line = entries(bomb)
    assert "B · ⚠ " in head
    assert line == "20000000\tzeros.bin"
    assert entries(archive_of(inner_zip=bomb))[1] == f"{len(bomb)}\tinner.zip"


def test_of_an_archive_with_too_many_entries_the_first_ones_are_listed() -> None:
    many = archive_of(**{f"e{number}": b"" for number in range(1_200)})
    head, *lines = entries(many)
    assert head.startswith("Σ 1000/1200 · ")
    assert lines[0] == "0\te0"


def test_the_names_in_an_archive_are_text_of_strangers() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in ("../../etc/passwd", "a\nb", "\u202egpj.exe", "صورة.jpg"):
            archive.writestr(name, b"")
    assert [line.split("\t")[1] for line in entries(written.getvalue())[1:]] == [
        *("../../etc/passwd", "a\ufffdb", "\u202egpj.exe", "صورة.jpg"),
    ]


def test_no_name_in_an_archive_is_suggested_as_a_site() -> None:
    names = ("lib0.zip", "src/main.py", "notes.md", "run.sh", "www.example.pl", "0612345678.vcf")
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    (_, (page,), _) = told(written.getvalue())
    assert all(name in page["text"] for name in names)
    assert page["suggested"] == [{"kind": "phone", "value": "+212612345678"}]


@pytest.mark.parametrize("harm", ["cut", "more than there are", "no end", "another directory"])
def test_an_archive_whose_directory_lies_is_not_listed(harm: str) -> None:
    whole = archive_of(a_txt=b"a", b_txt=b"b")
    end = whole.rfind(b"PK\x05\x06")
    broken = {
        "cut": whole[:-10],
        "more than there are": whole[: end + 10] + b"\xff\xff" + whole[end + 12 :],
        "no end": whole[:end],
        "another directory": whole.replace(b"PK\x01\x02", b"PK\x01\x03"),
    }[harm]
    first, pages, failed = told(broken)
    assert (first["agreed"], pages, failed) == (False, [], True)


def test_a_locked_entry_says_so() -> None:
    locked = bytearray(archive_of(a_txt=b"a"))
    locked[locked.rfind(b"PK\x01\x02") + 8] |= 1
    assert entries(bytes(locked))[1] == "1 🔒\ta.txt"


def test_text_is_text_when_all_of_it_is() -> None:
    said = "[12/03/2026 21:14] سعيد: ادفع على الرقم"
    (first, (page,), _) = told(said.encode("utf-8-sig"))
    assert (first["type"], page["picture"], page["text"]) == (FileType.TEXT, "", said)
    assert detect_file_type(b"BMW, bleu, immatriculee 1234") is FileType.TEXT
    assert detect_file_type(said.encode() + b"\x00") is FileType.UNKNOWN
    assert detect_file_type(said.encode("utf-16")) is FileType.UNKNOWN


def test_the_pages_of_a_document_are_pictures_with_their_words() -> None:
    (first, (page,), failed) = told(WORDS)
    assert (first, failed) == ({"type": FileType.PDF, "agreed": True, "pages": 1}, False)
    assert page["text"].strip() == "RIB 011 780 0000"
    assert shown(page).size == (limits.MAX_PREVIEW_SIDE_PIXELS, 1_067)
    assert shown(page).convert("L").histogram()[0] > 1_000, "the words are drawn"


def test_a_long_document_shows_its_first_pages() -> None:
    (first, pages, failed) = told(LONG_DOCUMENT)
    assert (first["pages"], len(pages), failed) == (14, MAX_PREVIEW_PAGES, False)


def test_a_document_gives_the_same_answer_each_time_however_busy_the_machine_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Evidence case E32: time that others use does not count."""
    document = LONG_DOCUMENT
    first = list(inspect_file(document))
    monkeypatch.setattr(time, "monotonic", iter(range(0, 100_000, 100)).__next__)
    assert list(inspect_file(document)) == first
    assert CUT_FINDING not in first


def test_a_document_whose_pages_take_too_long_says_that_time_ended_the_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Evidence case E32."""
    spent = iter([0.0, 0.0, 10.0, 20.0, 30.0])
    monkeypatch.setattr(time, "process_time", lambda: next(spent, 30.0))
    (first, *rest) = inspect_file(LONG_DOCUMENT)
    assert first["pages"] == 14
    assert (len([each for each in rest if "picture" in each]), rest[-1]) == (3, CUT_FINDING)


def test_words_that_take_too_long_to_read_are_said_to_be_missing(
    models: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evidence case E32."""
    monkeypatch.setattr(limits, "OCR_FILE_SECONDS", -1.0)
    assert CUT_FINDING in list(inspect_file(saved(written("Envoie 500 DH"), "PNG"), models))


def test_a_page_as_large_as_a_field_is_drawn_small() -> None:
    (_, (page,), _) = told(pdf_of((14_400, 7_200)))
    assert max(shown(page).size) <= limits.MAX_PREVIEW_SIDE_PIXELS + 1


def test_a_document_without_an_area_or_with_a_password_has_no_preview() -> None:
    locked = WORDS.replace(
        b"trailer<</Root 1 0 R>>",
        b"trailer<</Root 1 0 R/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4"
        b"/O<" + b"00" * 32 + b">/U<" + b"00" * 32 + b">>>>>",
    )
    for content in (locked, WORDS[:200], b"%PDF-1.7\n%%EOF"):
        (first, pages, failed) = told(content)
        assert (first["type"], first["agreed"], pages, failed) == (FileType.PDF, False, [], True)
    line = told(WORDS.replace(b"[0 0 300 200]", b"[0 0 300 0.001]"))
    assert line[2] or max(shown(line[1][0]).size) <= limits.MAX_PREVIEW_SIDE_PIXELS + 1


def written(*lines: str, dark: bool = False, width: int = 900) -> Image.Image:
    """A picture of a chat."""
    ground, ink = ((20, 24, 28), (230, 230, 230)) if dark else ((255, 255, 255), (0, 0, 0))
    picture = Image.new("RGB", (width, 80 * len(lines) + 60), ground)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(28)
    for at, line in enumerate(lines):
        pen.text((30, 40 + 80 * at), line, fill=ink, font=font)
    return picture


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_machine_reads_the_words_of_a_picture_and_suggests_what_they_name(
    models: str, dark: bool
) -> None:
    picture = written("Envoie 500 DH au 06 12 34 56 78", "compte: scam@example.com", dark=dark)
    (_, (page,), failed) = told(saved(picture, "PNG"), models)
    assert not failed
    assert "06 12 34 56 78" in page["text"]
    assert {"kind": "phone", "value": "+212612345678"} in page["suggested"]
    assert {"kind": "email", "value": "scam@example.com"} in page["suggested"]


def test_a_picture_without_words_has_none(models: str) -> None:
    (_, (page,), _) = told(saved(Image.new("RGB", (400, 400), (90, 120, 200)), "PNG"), models)
    assert "text" not in page
