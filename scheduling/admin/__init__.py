from scheduling.admin import audit, bookings, catalogue, messages, patients, places, screening, waitlist

__all__ = ["audit", "bookings", "catalogue", "messages", "patients", "places", "screening", "waitlist"]
