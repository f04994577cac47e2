from scheduling.admin import (
    audit,
    authorizations,
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
    "authorizations",
    "bookings",
    "catalogue",
    "guidance",
    "messages",
    "patients",
    "places",
    "screening",
    "waitlist",
]
