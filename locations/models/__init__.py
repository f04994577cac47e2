from locations.models.hours import Closure, OpeningHours
from locations.models.notices import Notice
from locations.models.places import Location, Scanner
from locations.models.staff import Assignment, User

__all__ = ["Assignment", "Closure", "Location", "Notice", "OpeningHours", "Scanner", "User"]
