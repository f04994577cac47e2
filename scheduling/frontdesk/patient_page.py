"""What a patient's page shows."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Location, User
from scheduling.frontdesk.history_words import lines_of_patient
from scheduling.frontdesk.patient_forms import PatientForm
from scheduling.models import Appointment, Patient
from scheduling.models.day_parts import GoodHours
from scheduling.queries.access import desk_locations, may_change_patient
from scheduling.queries.history import history_of_patient
from scheduling.queries.patients import COMING, implants_on_file, visits_of

_REFUSED = {
    "no_email": gettext_lazy("Asked not to be written to by email"),
    "no_text": gettext_lazy("Asked not to be sent texts"),
    "no_call": gettext_lazy("Asked not to be called"),
}


def patient_context(patient: Patient, user: User, *, now: datetime) -> dict[str, Any]:
    visits = list(visits_of(patient, user))
    coming = [visit for visit in visits if visit.status in COMING and visit.ends_at > now]
    return {
        "patient": patient,
        "location": home_of(visits, user),
        "coming": coming[::-1],
        "past": [visit for visit in visits if visit not in coming],
        "wishes": wishes_of(patient),
        "implants": implants_on_file(patient, user),
        "history": lines_of_patient(history_of_patient(patient)),
        "may_change": may_change_patient(user, patient),
        "now": now,
    }


def home_of(visits: list[Appointment], user: User) -> Location:
    """On whose clock the page tells when something happened."""
    return visits[0].location if visits else desk_locations(user)[0]


def wishes_of(patient: Patient) -> list[str]:
    hours = GoodHours(patient.good_hours)
    said = [] if hours is GoodHours.ANY else [_("Good time to call: %(hours)s") % {"hours": hours.label}]
    return [*refused_by(patient), *said]


def refused_by(patient: Patient) -> list[str]:
    return [str(words) for name, words in _REFUSED.items() if getattr(patient, name)]


def differing(form: PatientForm, patient: Patient) -> list[tuple[str, str]]:
    """What is stored now, where it is not what was typed: label and value."""
    stored = {**shown_values(patient), "not_by": "\n".join(refused_by(patient))}
    typed = form.values
    other = {name for name in typed if typed[name] != getattr(patient, name)}
    if other & {*_REFUSED}:
        other.add("not_by")
    return [(str(form.fields[name].label), stored[name] or "–") for name in form.fields if name in other]


def shown_values(patient: Patient) -> dict[str, str]:
    same = ("given_name", "family_name", "email", "interpreter_language", "accommodation")
    return {
        **{name: getattr(patient, name) for name in same},
        "birth_date": f"{patient.birth_date:%m/%d/%Y}",
        "phone": patient.phone_as_typed or (patient.phone.as_national if patient.phone else ""),
        "language": str(dict(settings.LANGUAGES).get(patient.language, patient.language)),
        "good_hours": str(GoodHours(patient.good_hours).label),
    }
