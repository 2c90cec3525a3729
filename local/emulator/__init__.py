"""The pinned emulator of AWS, with the corrections that this design needs.

    python -m local.emulator

There is one module per area, and one function per correction. Its docstring says what upstream does
wrong. It first checks that upstream still has the shape that it corrects, and raises
`EmulatorChanged` otherwise, so an upgrade fails here and not in a distant test. Features that the
design avoids (CORS, REST validators, heartbeats, `sns:publish` states) are not corrected.
"""
