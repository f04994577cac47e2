from scheduling.admin import audit, bookings, catalogue, messages, patients, places, screening

__all__ = ["audit", "bookings", "catalogue", "messages", "patients", "places", "screening"]
