from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from locations.models.places import Location


class UserManager(BaseUserManager["User"]):
    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Whole address in lower case: people sign in however they type it."""
        return (email or "").strip().lower()

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=self.normalize_email(username))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A member of staff, signed in by email. Patients have no account.

    What someone may do and where is their assignments. `is_superuser` opens the admin site and
    is no role: it gives nobody patient data.
    """

    username = None  # type: ignore[assignment]
    email = models.EmailField(
        _("email"), unique=True, error_messages={"unique": _("Someone with this email is here already.")}
    )

    is_invited = models.BooleanField(
        _("invited"), default=False, help_text=_("Has not chosen a password yet.")
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        ordering = ["last_name", "first_name", "email"]
        constraints = [
            models.CheckConstraint(name="user_email_lower_case", condition=Q(email=Lower("email"))),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @cached_property
    def roles_held(self) -> frozenset[str]:
        """At any location; for what is shown to whom. What somebody may do goes by `locations_for`."""
        return frozenset(self.assignments.values_list("role", flat=True)) if self.is_active else frozenset()

    def locations_for(self, *roles: "Assignment.Role") -> models.QuerySet[Location]:
        """Where the user has one of the roles; without roles, where the user works at all."""
        if not self.is_active:
            return Location.objects.none()
        assignments = self.assignments.filter(role__in=roles) if roles else self.assignments.all()
        everywhere = assignments.filter(location=None)
        return Location.objects.filter(
            models.Exists(everywhere) | Q(pk__in=assignments.exclude(location=None).values("location"))
        )


class Assignment(models.Model):
    """A role of a member of staff at one location; without a location, at every one."""

    class Role(models.TextChoices):
        FRONT_DESK = "front_desk", _("front desk")
        TECHNOLOGIST = "technologist", _("technologist")
        RADIOLOGIST = "radiologist", _("radiologist")
        ADMINISTRATOR = "administrator", _("administrator")
        AUDITOR = "auditor", _("auditor")

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("member of staff")
    )
    location = models.ForeignKey(
        Location,
        on_delete=models.CASCADE,
        related_name="assignments",
        verbose_name=_("location"),
        null=True,
        blank=True,
        help_text=_("None chosen: every location."),
    )
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["user_id", "location_id", "role"]
        constraints = [
            models.UniqueConstraint(
                name="assignment_once",
                fields=["user", "location", "role"],
                nulls_distinct=False,
                violation_error_message=_("This role is given already."),
            ),
            models.CheckConstraint(
                name="assignment_role_known",
                condition=Q(
                    role__in=("front_desk", "technologist", "radiologist", "administrator", "auditor")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.location or _('every location')}"
