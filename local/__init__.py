"""The whole system on this machine: `python -m local`, no account, no Docker.

It is part of the product, and the tests use it. `system.LocalSystem` starts the corrected emulator
and deploys the same templates that go to AWS. `emulator/` holds every correction. `origin` serves
the API and the pages from one address.
"""
