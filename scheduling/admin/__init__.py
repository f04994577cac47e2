from scheduling.admin import (
    audit,
    bookings,
    catalogue,
    guidance,
    messages,
    patients,
    places,
    screening,
    waitlist,
)

__all__ = [
    "audit",
    "bookings",
    "catalogue",
    "guidance",
    "messages",
    "patients",
    "places",
    "screening",
    "waitlist",
]
