from scheduling.admin import audit, bookings, catalogue, messages, patients, screening

__all__ = ["audit", "bookings", "catalogue", "messages", "patients", "screening"]
