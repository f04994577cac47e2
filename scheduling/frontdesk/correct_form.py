"""What the doctor's order says, and where the visit can be for it."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Scanner
from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton
from scheduling.frontdesk.forms import ExamChoiceField
from scheduling.frontdesk.move_forms import MoveForm
from scheduling.models import Appointment, Exam

SIDES = [choice for choice in Appointment.Laterality.choices if choice[0]]


class CorrectForm(MoveForm):
    """The place is the one of before until another is chosen."""

    laterality = forms.ChoiceField(
        label=gettext_lazy("Side"),
        required=False,
        choices=[("", gettext_lazy("no side")), *SIDES],
        error_messages={"invalid_choice": gettext_lazy("Choose the side that the order says")},
    )

    def __init__(
        self,
        *args: Any,
        visit: Appointment,
        scanners: QuerySet[Scanner],
        exams: QuerySet[Exam],
        at: datetime,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {
            "exam": visit.exam_id,
            "laterality": visit.laterality,
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, visit=visit, scanners=scanners, at=at, **kwargs)
        choose = _("Choose the exam that the order says")
        self.fields["exam"] = ExamChoiceField(
            label=_("Exam"),
            queryset=exams,
            empty_label=None,
            error_messages={"required": choose, "invalid_choice": choose},
        )
        self.helper = AllianceHelper(
            self,
            "version",
            "exam",
            "laterality",
            "scanner",
            "day",
            "time",
            Options("tell"),
            "reason",
            button=PrimaryButton(_("Correct to the order"), busy=_("Correcting…")),
        )

    def chosen(self) -> tuple[Exam | None, str]:
        """The exam and the side that are typed or asked for, as far as they can be read."""
        exams: Any = self.fields["exam"]
        try:
            exam = exams.to_python(self["exam"].value())
        except forms.ValidationError:
            exam = None
        side = str(self["laterality"].value() or "")
        return exam, side if side in Appointment.Laterality.values else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        exam, scanner = given.get("exam"), given.get("scanner")
        if exam and exam.has_sides and not given.get("laterality"):
            self.add_error("laterality", _("Choose the side that the order says"))
        if exam and scanner and scanner.modality != exam.modality:
            kind = Scanner.Modality(exam.modality).label
            self.add_error("scanner", _("Choose a scanner for it (%(kind)s)") % {"kind": kind})
        return given
