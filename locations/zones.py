"""The clock of the organization, for what belongs to no single location."""

from zoneinfo import ZoneInfo

from django.conf import settings


def home_zone() -> ZoneInfo:
    return ZoneInfo(settings.HOME_TIME_ZONE)
