"""How far a long act is: bars on a terminal, and lines on a pipe, which shows no bar."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

LINES_PER_STEP = 10
"""A line is written for each so many that are done."""


def progress_for_console(console: Console) -> Progress | Lines:
    """Bars where somebody looks at a terminal, else lines."""
    if not console.is_terminal:
        return Lines(console)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Elapsed(),
        console=console,
    )


class Lines:
    """A line for each act, one for each ten parts of it, and one where it is complete. Each is
    written at once."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._of: list[tuple[str, float | None, float]] = []

    def __enter__(self) -> Lines:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is left open."""

    def add_task(self, description: str, *, total: float | None) -> TaskID:
        """Begin an act of so many parts; None where their number is not known."""
        self._of.append((description, total, 0))
        self._say(TaskID(len(self._of) - 1))
        return TaskID(len(self._of) - 1)

    def advance(self, task_id: TaskID) -> None:
        """One more part is done."""
        self.update(task_id, completed=self._of[task_id][2] + 1)

    def update(
        self, task_id: TaskID, *, total: float | None = None, completed: float | None = None
    ) -> None:
        """So many parts are done, or are to be done."""
        description, of, before = self._of[task_id]
        done = before if completed is None else completed
        self._of[task_id] = (description, total if total is not None else of, done)
        if done // LINES_PER_STEP > before // LINES_PER_STEP or (
            done != before and done == self._of[task_id][1]
        ):
            self._say(task_id)

    def _say(self, task_id: TaskID) -> None:
        description, total, done = self._of[task_id]
        self._console.print(f"{description}: {done:g}" + (f" of {total:g}" if total else ""))
