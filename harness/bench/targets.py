"""Every figure with its target, in one table; targets are written nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

FUNCTIONS = {
    "intake": "functions.intake.handler",
    "desk": "functions.desk.handler",
    "link": "functions.triage.link",
    "steps": "functions.triage.steps",
    "reconcile": "functions.triage.reconcile",
    "sweep": "functions.triage.sweep",
    "notify": "functions.notify.steps",
    "tell": "functions.notify.reporters",
    "count": "functions.statistics.counting",
    "bilan": "functions.statistics.handler",
    "custody": "functions.custody.handler",
    "session": "functions.session.handler",
    "seal_day": "functions.history.seal_day",
    "verify_days": "functions.history.verify_days",
    "rehash_vault": "functions.history.rehash_vault",
    "public_keys": "functions.public_keys.handler",
    "receive": "functions.evidence.receive",
    "repair": "functions.evidence.repair",
    "opening": "functions.evidence.opening",
    "examine": "functions.examine.handler",
    "dossier": "functions.dossier.handler",
    "stamp": "functions.stamps.handler",
}
"""Modules that the service imports, by the word in their figures. Functions of one module (the
steps; link and reprocess) import the same and are measured once."""


@dataclass(frozen=True)
class Target:
    """The most that a figure may be; None for a figure without a target."""

    unit: str
    at_most: float | None
    was: float | None = None
    """What it was before the work on cold starts and writes, measured on one machine."""
    wanted: float | None = None
    """What was aimed at, where it is not reached; docs/performance.md says why."""


STARTS: dict[str, tuple[float, float | None, float | None]] = {
    "intake": (15, 17.1, 14),
    "desk": (26, 34.8, 19),
    "link": (24, 32.5, 20),
    "steps": (22, 34.8, 20),
    "reconcile": (24, None, None),
    "sweep": (23, None, None),
    "notify": (16, 28.2, 15),
    "tell": (15, None, 15),
    "count": (14, 26.8, 15),
    "bilan": (14, 24.1, None),
    "custody": (15, 29.4, 16),
    "session": (13, None, None),
    "seal_day": (15, None, None),
    "verify_days": (16, None, None),
    "rehash_vault": (16, None, None),
    "public_keys": (7, None, None),
    "receive": (15, None, None),
    "repair": (15, None, None),
    "opening": (17, None, None),
    "examine": (12, None, None),
    "dossier": (14, None, None),
    "stamp": (16, None, None),
}
"""By the word of each function: the most that its start may be, what it was, what was wanted. What
it was has the end of the process in it, which was measured then, too: about a tenth more."""

FILE_COSTS: dict[str, str] = {
    "write_units": "write units",
    "read_units": "read units",
    "s3": "requests of S3",
    "kms": "requests of KMS",
    "queue": "messages sent",
}
FILE_ACTS: dict[str, tuple[str, tuple[float, ...]]] = {
    "slot": ("that gets a slot", (9, 4, 0, 0, 0)),
    "kept": ("that is kept and marked", (13, 7, 6, 2, 1)),
    "examined": ("that is examined", (11, 3, 2, 1, 1)),
    "part": ("that comes in one part more", (1, 2, 4, 3, 0)),
    "renewed": ("whose lock is renewed", (4, 3.6, 1, 0, 0)),
}
"""Each act of a file, and the most that it may cost, in the order of `FILE_COSTS`."""

TARGETS: dict[str, Target] = {
    "statistics_read_slope": Target("log read units over log reports, public", 0.05),
    "statistics_staff_read_slope": Target("log read units over log reports, staff", 0.15),
    "statistics_write_units_hottest": Target("write units, busiest partition at 1,000/s", 1_000),
    **{
        f"statistics_{reader}read_units_1e{power}": Target("read units, three months", most, was)
        for power in (3, 4, 5, 6)
        for reader, most, was in (("", 2.5, 7.5), ("staff_", 42, 400))
    },
    # The first look at a report is a record of its own: two of the twenty-four.
    "counting_units_per_case_1": Target("write units, a record a batch", 24, 30),
    "counting_units_per_case_100": Target("write units, 100 records a batch", 8, 21.2),
    "counting_units_per_case_1000": Target("write units, 1,000 records a batch", 7),
    "counting_units_per_join_1": Target("write units, a record a batch", 4, 8),
    "counting_units_per_join_100": Target("write units, 100 records a batch", 2.2, 6.2),
    "counting_units_per_join_1000": Target("write units, 1,000 records a batch", 2.1, None, 2),
    "counting_line_bytes": Target("bytes, largest line", 1_024),
    "aws_calls_per_report": Target("synchronous calls before the 201, most", 1),
    "write_units_before_201": Target("write units, median report", 2),
    "write_units_before_201_sealed": Target("the same, with the demo's disclosures", None),
    "write_units_per_join": Target("write units, median join", 25, 16, 6),
    # Of these, three and six for the board: a line with the unit, one for each decision. Two are
    # for the number that people say, and one for each decision in its author's own view.
    "write_units_per_case": Target("write units until published, median case", 46, 49, 37),
    "write_units_per_case_held": Target(
        "write units until a unit holds it, median case", 71, None, 37
    ),
    "read_units_per_case_held": Target("read units until a unit holds it, median case", None),
    "read_units_per_join": Target("read units, median join", None),
    "read_units_per_decision": Target("read units of a decision, median", None),
    "cost_per_million": Target("$ for a million reports, e-mails apart", 169, 362, 160),
    # Evidence is 5.2 of it: three keys, the secret of digests and sixteen alarms; dossiers 1.2: a
    # key and two alarms. Without both 25 are wanted.
    "cost_idle_month": Target("$ a month without a report", 31.4, 24),
    "telling_units": Target("write units, a reporter alone in a case", 4, 6, 3),
    # Of an act: units of the table, requests of S3, KMS and queues. A file and its mark are two
    # items, in transactions where the report counts it.
    **{
        f"file_{act}_{what}": Target(f"{FILE_COSTS[what]}, a file {said}", most)
        for act, (said, limits) in FILE_ACTS.items()
        for what, most in zip(FILE_COSTS, limits, strict=True)
    },
    "file_receive_cpu": Target("x hashing and sealing the same 5 MiB, CPU", 8),
    "file_receive_ms": Target("ms of CPU on this machine, 5 MiB", None),
    "file_examine_cpu": Target("x bare interpreter, CPU, a photograph of 12 million points", 130),
    "file_examine_ms": Target("ms of CPU on this machine, the same", None),
    "cost_per_thousand_files": Target("$ for a thousand files of 2 MB, kept a year", 1),
    "case_item_bytes": Target("bytes, largest case item", 1_024),
    "report_item_bytes": Target("bytes, median report item", None),
    "report_item_bytes_sealed": Target("the same, with the demo's disclosures", None),
    "transitions_per_case": Target("transitions, most on the happy path", 3, 12),
    "transitions_per_join": Target("executions started or woken, most", 0),
    **{
        f"cold_init_{name}": Target("x bare interpreter, CPU", at_most, was, wanted)
        for name, (at_most, was, wanted) in STARTS.items()
    },
    **{
        f"first_call_{name}": Target("x bare, behind the init", 33, None, 30)
        if name == "reconcile"
        else Target("x bare, behind the init", 30)
        for name in FUNCTIONS
    },
    "first_assessment": Target("x bare, behind the init", 15, 60),
    **{f"cold_init_{name}_min": Target("x bare, min / min", None) for name in FUNCTIONS},
    **{
        f"modules_{name}": Target("modules imported", 600 if name == "intake" else None)
        for name in FUNCTIONS
    },
    "cold_first_report": Target("x bare, init and the first report", 31, 36, 26),
    "handler_cpu_per_report": Target("x floor, CPU", 2, 1.97, 1.7),
    "flood_line": Target("line of one person in a flood of 64, copies or nearly", 3),
    "flood_seconds": Target("s, simulated, until she is on the duty desk", 60),
    "edge_requests": Target("requests of a whole report in a browser", 15, 20),
    "edge_bytes": Target("bytes, gzip, headers of HTTP/1.1 included", 90_000, 92_886),
    "edge_paint_home": Target("s to the largest paint, slow 4G, CPU / 4", 2.0),
    "edge_paint_report": Target("s to the largest paint, slow 4G, CPU / 4", 2.0),
}

DESK_TARGETS: dict[str, Target] = {
    "keystrokes_per_decision": Target("keys, mean", 2.2),
    "decisions_by_one_key": Target("of all decisions", None),
    "requests_per_decision": Target("calls of the service, mean", 2.1),
    "next_case_ms_p95": Target("ms from the key to the next case", None),
    "seconds_per_review": Target("s, a model: reading, keys and the wait", None),
    "unlike_label": Target("decisions that the author would not accept", 0),
    "keystrokes_per_glance": Target("keys, mean", 1.1),
    "requests_per_glance": Target("calls of the service, mean", 1.5),
    "next_glance_ms_p95": Target("ms from the key to the next report", None),
    "seconds_per_glance": Target("s, a model: reading, keys and the wait", None, None, 8),
    "glance_lost": Target("verdicts that were not written as pressed", 0),
    "cases_off_one_screen": Target("of 60 with files, a joiner and a look-alike", 3),
    "danger_in_sight_ms": Target("ms from the address to the end of stated danger's words", None),
    "screen_requests": Target("requests of the screen that needs most, empty cache", 22),
    "screen_bytes": Target("bytes of the screen that needs most, empty cache", None),
    "screen_work_bytes": Target("bytes of the work page, empty cache", None),
    "rows_heap_bytes": Target("bytes of the page's heap for a row", 20_000),
    "rows_moved": Target("times that the focused row was replaced or moved", 0),
    "alert_seconds_most": Target("s from the commit until it is seen", 5),
    "alert_unheard": Target("alerts without a sound within that time", 0),
    "heap_growth": Target("bytes of the heap from 200 decisions to 500", 1_000_000),
    "nodes_growth": Target("nodes that are held, from 200 decisions to 500", 100),
}
"""The figures of `make desk-race`, in their order."""


@dataclass(frozen=True)
class Figure:
    """One measured value."""

    name: str
    value: float

    @property
    def target(self) -> Target:
        """Its row of the table; a figure without one is an error of the bench."""
        return DESK_TARGETS.get(self.name) or TARGETS[self.name]

    @property
    def met(self) -> bool:
        """Whether the value is within its target."""
        return self.target.at_most is None or self.value <= self.target.at_most
