"""Kidney blood tests (eGFR, mL/min/1.73 m²) before contrast.

ACR Manual on Contrast Media (2024): below 30 the risk of contrast is weighed by a radiologist; how old a
result may be is the center's choice. A version of the questionnaire names both numbers as parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

DAYS: Final = 30
LOW_BELOW: Final = 30
HIGHEST: Final = 200  # more is a slip


@dataclass(frozen=True, slots=True)
class LabLimits:
    days: int = DAYS
    low_below: int = LOW_BELOW

    def is_current(self, taken_on: date, visit_on: date) -> bool:
        """Taken by the day of the visit, and no more than `days` before it."""
        return 0 <= (visit_on - taken_on).days <= self.days

    def is_low(self, egfr: int) -> bool:
        return egfr < self.low_below


def limits_from(parameters: Mapping[str, int]) -> LabLimits:
    return LabLimits(
        days=parameters.get("labs_days", DAYS), low_below=parameters.get("egfr_low_below", LOW_BELOW)
    )
