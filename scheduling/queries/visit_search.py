"""Visits of any location as staff ask for them: by what is printed, spoken or written on a form."""

import re
from datetime import datetime

from django.db.models import Case, F, Q, QuerySet, TextField, When
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast

from locations.zones import home_zone
from scheduling.models import Appointment
from scheduling.rules.codes import read_code
from scheduling.rules.names import fold
from scheduling.rules.opening_hours import local_day, wall_instant

LEAST_DIGITS = 4
_NO_LETTERS = re.compile(r"[\d\s().+/-]+")


def find_visits(typed: str, *, now: datetime) -> QuerySet[Appointment]:
    """By visit code in any spelling, name without accents, phone or its end, email or accession number."""
    text = typed.strip()
    found = _by_identifier(text) | _by_name(text) | _by_contact(text)
    return (
        Appointment.objects.with_place()
        .annotate(phone_text=Cast("phone", TextField()), own_phone=Cast("patient__phone", TextField()))
        .filter(found, patient__isnull=False)
        .order_by(*upcoming_first(now))
    )


def upcoming_first(now: datetime) -> list[OrderBy]:
    """Today and later, soonest first; then what is over, latest first."""
    zone = home_zone()
    today = wall_instant(local_day(now, zone), 0, zone)
    is_over = Case(When(starts_at__gte=today, then=0), default=1)
    coming = Case(When(starts_at__gte=today, then=F("starts_at")))
    return [is_over.asc(), coming.asc(), F("starts_at").desc()]


def _by_identifier(text: str) -> Q:
    wanted = Q(accession__iexact=text) | Q(study_uid=text)
    code = read_code(text)
    return wanted | Q(code=code) if code else wanted


def _by_name(text: str) -> Q:
    words = fold(text).split()
    wanted = Q(pk__in=[]) if not words else Q()
    for word in words:
        wanted &= Q(patient__folded_name__contains=word)
    return wanted


def _by_contact(text: str) -> Q:
    if "@" in text:
        return Q(email__iexact=text) | Q(patient__email__iexact=text)
    digits = re.sub(r"\D", "", text)
    if len(digits) < LEAST_DIGITS or not _NO_LETTERS.fullmatch(text):
        return Q(pk__in=[])
    return Q(phone_text__endswith=digits[-10:]) | Q(own_phone__endswith=digits[-10:])
