"""The workflow file runs in moto's interpreter."""

from __future__ import annotations

from tests.picked import pick_by_known_names
from tests.values import carry_values_as_they_stand
from tests.without_wire import leave_out_the_wire

pick_by_known_names()
leave_out_the_wire()
carry_values_as_they_stand()
