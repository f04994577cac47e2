"""By when a written estimate of the costs is due, which the law calls a Good Faith Estimate.

No Surprises Act, 45 CFR 149.610(b)(1)(vi): one business day after a visit was scheduled that is at least
three business days ahead; three business days when it is at least ten ahead, or after somebody asked for an
estimate. For a nearer visit the law names no day: we do it at once.
"""

from datetime import date

from scheduling.rules.business_days import business_days_after, business_days_before

NEAR, FAR = 3, 10  # business days before the visit


def due_day(*, begun_on: date, visit_on: date, was_asked_for: bool) -> date | None:
    """The last day for it, always before the visit; None when it is due at once.

    `begun_on`: when the visit was booked or moved, or when the patient asked, on the center's calendar.
    """
    if begun_on > business_days_before(visit_on, NEAR):
        return None
    is_far = begun_on <= business_days_before(visit_on, FAR)
    days = 3 if was_asked_for or is_far else 1
    return min(business_days_after(begun_on, days), business_days_before(visit_on, 1))
