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


class UserError(Exception):
    """The person at the terminal can act on the message; a stack trace would not help."""


class PortBusy(UserError):
    pass


class FolderInUse(UserError):
    pass


class ToolMissing(UserError):
    pass


class PortalNotBuilt(UserError):
    pass


class SynthesisFailed(UserError):
    pass


class EmulatorFailed(UserError):
    pass


class DeploymentFailed(UserError):
    pass


class NothingRuns(UserError):
    pass


class BadPerson(UserError):
    pass
