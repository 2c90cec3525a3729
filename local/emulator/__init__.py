"""The pinned emulator of AWS, with the corrections this design needs.

    python -m local.emulator

One module per area. Each correction is one function whose docstring says what upstream does
wrong; it begins by checking that upstream still has the shape it corrects and raises
`EmulatorChanged` when it has not, so that an upgrade fails here and not in a test three layers up.
Corrections of things the design avoids (CORS, REST validators, heartbeats, `sns:publish` states)
are left out on purpose.
"""
