"""Django's model permissions, derived from assignments: a backend instead of rows to keep in step.

The admin shows all locations at once, so it opens only to roles given for every location. The
desk's pages go by location and do not use this.
"""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from locations.models import Assignment, User

CONFIGURATION = (
    "locations.location",
    "locations.scanner",
    "locations.openinghours",
    "locations.closure",
    "locations.notice",
    "scheduling.exam",
    "scheduling.synonym",
    "scheduling.preparation",
    "scheduling.offering",
    "scheduling.payerrule",
    "scheduling.scannerlength",
    "scheduling.guidancepage",
    "scheduling.questionnaire",
    "scheduling.version",
    "scheduling.question",
    "scheduling.rule",
    "scheduling.publication",
)
RECORDS = (
    "scheduling.answersheet",
    "scheduling.appointment",
    "scheduling.draft",
    "scheduling.message",
    "scheduling.patient",
    "scheduling.screening",
    "scheduling.task",
    "scheduling.auditevent",
    "scheduling.waitlistentry",
)
_KEPT = "_role_permissions"  # on the request's user object, as Django keeps its own permissions
AUDITED = ("scheduling.appointment", "scheduling.auditevent")


def _permissions(models: tuple[str, ...], *verbs: str) -> frozenset[str]:
    pairs = (model.split(".") for model in models)
    return frozenset(f"{app}.{verb}_{name}" for app, name in pairs for verb in verbs)


ROLE_PERMISSIONS = {
    Assignment.Role.ADMINISTRATOR: (
        _permissions(CONFIGURATION, "view", "add", "change", "delete") | _permissions(RECORDS, "view")
    ),
    Assignment.Role.AUDITOR: _permissions(AUDITED, "view"),
}


def role_permissions(user: User | AnonymousUser) -> frozenset[str]:
    """What the user's roles at every location allow. Asked once per request's user object."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    kept: frozenset[str] | None = user.__dict__.get(_KEPT)
    if kept is None:
        roles = user.assignments.filter(location=None).values_list("role", flat=True)
        found = (ROLE_PERMISSIONS.get(Assignment.Role(role), frozenset()) for role in roles)
        kept = user.__dict__[_KEPT] = frozenset[str]().union(*found)
    return kept


def may_open_admin(user: User | AnonymousUser) -> bool:
    return user.is_active and (user.is_superuser or bool(role_permissions(user)))


class RoleBackend(BaseBackend):
    """Adds the permissions of roles; signing in is Django's ModelBackend."""

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        return perm in role_permissions(user_obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in role_permissions(user_obj))
