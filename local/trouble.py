"""The errors of this machine, each with one clear message.

Trouble
├── PortBusy            another process listens on the port
├── FolderInUse         another system runs on the same state folder
├── ToolMissing         a required program or folder is missing
├── PortalNotBuilt      the pages have errors: a text is missing, a script does not build
├── SynthesisFailed     the CDK app did not write its templates
├── EmulatorFailed      the emulator did not start, or stopped
├── DeploymentFailed    a stack did not reach a completed state
├── NothingRuns         a command needs a running system
└── BadPerson           the staff member cannot be created as requested
"""


class Trouble(Exception):
    """The person at the terminal can act on the message; a stack trace would not help."""


class PortBusy(Trouble):
    pass


class FolderInUse(Trouble):
    pass


class ToolMissing(Trouble):
    pass


class PortalNotBuilt(Trouble):
    pass


class SynthesisFailed(Trouble):
    pass


class EmulatorFailed(Trouble):
    pass


class DeploymentFailed(Trouble):
    pass


class NothingRuns(Trouble):
    pass


class BadPerson(Trouble):
    pass
