"""A kept file is named under its bytes, so that people find other files with the same ones.

It comes from the stream by the mark of the file, at least once. It is advice: no case is written.
"""

from __future__ import annotations

from casework.aws.services.settings import LinkSettings
from casework.aws.steps.task_state import now
from casework.aws.table.file_table import FileTable
from casework.aws.table.picture_table import PictureTable, ReportPicture
from casework.linking.picture_matching import file_picture_name


def note_identical_files(settings: LinkSettings, reference: str, number: int) -> None:
    """Name a kept file under its bytes; nothing for one that was erased, or kept before this was
    noted."""
    file = FileTable(settings.case_table).file(reference, number)
    if file is None or file.kept_at is None or file.same is None:
        return
    named = ReportPicture(file_picture_name(reference, number), hidden=b"", vouched=True)
    PictureTable(settings.case_table).keep(file.same, named, now())
