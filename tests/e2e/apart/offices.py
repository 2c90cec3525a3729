"""The units and the office of the system that stands apart, and the people who work there."""

from __future__ import annotations

from typing import Final

from casework.pack.jurisdiction import open_pack

PACK: Final = open_pack("ma")
RABAT, SALE = "pj-04-421", "pj-04-441"
UNITS: Final = {unit: PACK.units[unit].name("fr") for unit in (RABAT, SALE)}
OFFICER: Final = f"Officer, {UNITS[RABAT]}"
OF_RABAT: Final = ("king-prosecutor", "tpi-rabat")
COURT: Final = PACK.courts["tpi-rabat"].name("fr")
PROSECUTOR: Final = f"Prosecutor, {COURT}"
