"""The whole system on this machine: `python -m local`, no account, no Docker.

Part of the product, and what the tests drive. `system.System` starts the corrected emulator and
deploys the very templates that go to AWS; `emulator/` holds every correction; `origin` serves the
API and the pages from one address.
"""
