"""What can go wrong on this machine, each as one clear message.

Trouble
├── PortBusy            something else listens where we want to
├── FolderInUse         another system runs on the same state folder
├── ToolMissing         a program or a folder the step needs is not there
├── PortalNotBuilt      the pages are wrong: a text is missing, a script does not build
├── SynthesisFailed     the CDK app did not write its templates
├── EmulatorFailed      the emulator did not start or did not stay
├── DeploymentFailed    a stack did not reach a completed state
├── NothingRuns         a command needs a running system
└── BadPerson           the staff member asked for cannot be made
"""


class Trouble(Exception):
    """The person at the terminal can act on the message; a trace would not help them."""


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
