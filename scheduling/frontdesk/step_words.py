"""What the steps of a day are called on buttons, and what is said once they are taken."""

from django.utils.translation import gettext_lazy as _

from scheduling.models import Appointment

Status = Appointment.Status
STEP_WORDS = {
    "arrived": _("Arrived"),
    "start": _("Exam begins"),
    "end": _("Exam is over"),
    "missed": _("Did not come"),
    "back": _("Take back"),
}
DONE_WORDS = {
    "arrived": _("Marked as arrived."),
    "start": _("The exam has begun."),
    "end": _("The exam is over."),
    "missed": _("Marked as missed. The rest of the time is free, and a call is on the list."),
    "back": _("Taken back."),
}
# The steps that are offered in a state, the usual one first.
STEPS_FROM: dict[str, tuple[str, ...]] = {
    Status.BOOKED: ("arrived", "missed"),
    Status.ARRIVED: ("start", "back"),
    Status.IN_EXAM: ("end", "back"),
    Status.DONE: ("back",),
    Status.NO_SHOW: ("back",),
    Status.CANCELED: (),
}
BACK_WORDS = {
    Status.ARRIVED: _("Not arrived after all"),
    Status.IN_EXAM: _("Not begun after all"),
    Status.DONE: _("Not over yet"),
    Status.NO_SHOW: _("Came after all"),
}
