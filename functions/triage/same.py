"""A kept file is named under its bytes, so that people find other files with the same ones.

It comes from the stream by the mark of the file, at least once. It is advice: no case is written.
"""

from __future__ import annotations

from casework.aws.services.settings import LinkSettings
from casework.aws.steps.step import now
from casework.aws.table.evidence_table import EvidenceTable
from casework.aws.table.picture_table import Picture, PictureTable
from casework.linking.pictures import of_file


def note_same(settings: LinkSettings, reference: str, number: int) -> None:
    """Name a kept file under its bytes; nothing for one that was erased, or kept before this was
    noted."""
    file = EvidenceTable(settings.case_table).file(reference, number)
    if file is None or file.kept_at is None or file.same is None:
        return
    named = Picture(of_file(reference, number), hidden=b"", vouched=True)
    PictureTable(settings.case_table).keep(file.same, named, now())
