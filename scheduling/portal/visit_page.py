"""What a patient sees of a visit, in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from locations.models import Location
from scheduling.models import Appointment, Task
from scheduling.portal.exam_page import preparations_of
from scheduling.portal.get_ready import ReadyItem, ready_items
from scheduling.portal.paying_page import estimate_of_visit, paying_words, price_of_visit
from scheduling.portal.summary import Row, contact_words, exam_words, order_words
from scheduling.queries.access import visit_token, waitlist_token
from scheduling.queries.messages import is_reachable_by_email, planned_reminders
from scheduling.queries.safety import current_screenings
from scheduling.queries.screening import notes_for_visit
from scheduling.queries.visits import LastMove, is_free_again, last_move, notice_of, taken_back_at
from scheduling.queries.waitlist import entry_of_visit
from scheduling.queries.worklist import call_first_task
from scheduling.wall_clock import day_words, local, time_words

NEWS_FOR = timedelta(hours=1)


class State(StrEnum):
    """Ahead: the first four."""

    COMING = "coming"
    TODAY = "today"
    CHANGED = "changed"  # by the center, and the patient has not said yes to it
    NEEDS_CALL = "needs_call"
    STARTED = "started"  # and nobody has checked in
    CHECKED_IN = "checked_in"
    DONE = "done"
    OVER = "over"  # its time has passed, and nobody has said what became of it
    NO_SHOW = "no_show"
    CANCELED = "canceled"


_OF_STATUS = {
    Appointment.Status.CANCELED: State.CANCELED,
    Appointment.Status.ARRIVED: State.CHECKED_IN,
    Appointment.Status.IN_EXAM: State.CHECKED_IN,
    Appointment.Status.DONE: State.DONE,
    Appointment.Status.NO_SHOW: State.NO_SHOW,
}
_CURRENT = {State.COMING, State.TODAY, State.CHANGED, State.NEEDS_CALL, State.STARTED, State.CHECKED_IN}


@dataclass
class VisitPage:
    visit: Appointment
    now: datetime

    @property
    def location(self) -> Location:
        return self.visit.location

    @property
    def zone(self) -> ZoneInfo:
        return self.visit.zone

    @cached_property
    def state(self) -> State:
        if self.visit.status != Appointment.Status.BOOKED:
            return _OF_STATUS[Appointment.Status(self.visit.status)]
        if not self.visit.is_ahead(self.now):
            return State.STARTED if self.visit.ends_at > self.now else State.OVER
        if self.call_task:
            return State.NEEDS_CALL
        if self.changed_by_us:
            return State.CHANGED
        is_today = local(self.visit.starts_at, self.zone).date() == local(self.now, self.zone).date()
        return State.TODAY if is_today else State.COMING

    @property
    def is_current(self) -> bool:
        """The patient is coming, or here."""
        return self.state in _CURRENT

    @cached_property
    def last_move(self) -> LastMove | None:
        return last_move(self.visit)

    @property
    def changed_by_us(self) -> bool:
        """Until the patient says yes to the new time, or moves it on."""
        return bool(self.last_move and not self.last_move.by_patient and not self.visit.confirmed_at)

    @property
    def just_moved(self) -> bool:
        """By the patient, who may look again whether it worked."""
        move = self.last_move
        is_news = bool(move and move.by_patient and self.now - move.moved_at < NEWS_FOR)
        return is_news and not self.just_taken_back

    @cached_property
    def just_taken_back(self) -> bool:
        """The cancel, by the patient, who sees that it worked."""
        at = taken_back_at(self.visit) if self.visit.ical_sequence else None
        return at is not None and self.now - at < NEWS_FOR

    @property
    def was(self) -> str:
        """Day, time and center before the last move."""
        before = self.last_move
        assert before is not None
        zone = before.scanner.location.zone
        words = {"day": day_words(before.starts_at, zone), "time": time_words(before.starts_at, zone)}
        if before.scanner.location_id == self.visit.scanner.location_id:
            return _("%(day)s, %(time)s") % words
        return _("%(day)s, %(time)s at %(place)s") % {**words, "place": before.scanner.location.name}

    @cached_property
    def call_task(self) -> Task | None:
        """A person wants to speak to the patient first; the time is kept."""
        return call_first_task(self.visit)

    @property
    def patient_calls(self) -> bool:
        """There is no number: the patient said to call us."""
        return self.call_task is not None and not self.visit.phone

    @property
    def call_by(self) -> str:
        """“by Monday, 10:00 am”; past that only “soon”: a missed promise is not repeated."""
        if self.call_task is None or self.call_task.due_at <= self.now:
            return _("soon")
        due_at = self.call_task.due_at
        if due_at >= self.visit.arrive_at:
            return _("before you come")
        when = {"day": day_words(due_at, self.zone), "time": time_words(due_at, self.zone)}
        return _("by %(day)s, %(time)s") % when

    @cached_property
    def next_contact(self) -> str:
        """What reaches the patient before the visit, from what is really planned."""
        kinds = planned_reminders(self.visit)
        if not is_reachable_by_email(self.visit):
            return _("We call you to confirm. You don’t need to do anything else until then.")
        if len(kinds) == 2:
            return _(
                "You don’t need to do anything else until we remind you: "
                "three days before, and the day before."
            )
        if kinds:
            return _("You don’t need to do anything else until we remind you shortly before your visit.")
        return _("You don’t need to do anything else until your visit.")

    @property
    def day(self) -> str:
        return day_words(self.visit.starts_at, self.zone, year=True)

    @property
    def time(self) -> str:
        return time_words(self.visit.starts_at, self.zone)

    @property
    def arrive(self) -> str:
        return time_words(self.visit.arrive_at, self.zone)

    @property
    def may_change(self) -> bool:
        """Online; later than the center allows, patients are asked to call."""
        return self.visit.is_ahead(self.now + notice_of(self.visit))

    @property
    def is_coming(self) -> bool:
        return self.visit.is_ahead(self.now)

    @cached_property
    def waitlist_token(self) -> str:
        """Of the place on the waitlist for an earlier time, where there is one."""
        entry = entry_of_visit(self.visit)
        return waitlist_token(entry) if entry else ""

    @cached_property
    def may_take_back(self) -> bool:
        return self._gave_it_up and is_free_again(self.visit, now=self.now)

    @property
    def is_canceled_ahead(self) -> bool:
        """An entry in the patient's calendar would still ring."""
        return self.state is State.CANCELED and self.visit.starts_at > self.now

    @property
    def is_lost(self) -> bool:
        return self._gave_it_up and not self.may_take_back

    @property
    def _gave_it_up(self) -> bool:
        return self.visit.canceled_by_patient and self.visit.starts_at > self.now

    @property
    def exam(self) -> str:
        return exam_words(self.visit)

    @property
    def canceled_day(self) -> str:
        assert self.visit.canceled_at is not None
        return day_words(self.visit.canceled_at, self.zone)

    @property
    def results(self) -> str:
        """When they are ready and who tells them; for a visit that never was there are none."""
        if not (self.is_current or self.state is State.DONE):
            return ""
        return self.location.results or _(
            "A radiologist looks at your images and sends a report to your doctor. "
            "Your doctor tells you the results."
        )

    @property
    def has_answers(self) -> bool:
        return current_screenings(self.visit).exists()

    def ready(self) -> list[ReadyItem]:
        return ready_items(self.visit, token=visit_token(self.visit), now=self.now)

    def to_do(self) -> list[ReadyItem]:
        """What is left to send or to answer; saying that one comes is asked for later."""
        return [item for item in self.ready() if not item.is_done and not item.button]

    def preparations(self) -> list[str]:
        """What every patient of this exam does, and what this one's screening adds."""
        return notes_for_visit(self.visit) + preparations_of(self.visit.exam)

    def rows(self) -> list[Row]:
        visit = self.visit
        assert visit.patient is not None
        phone = visit.phone_as_typed or (visit.phone.as_national if visit.phone else "")
        rows = [
            Row(_("Exam"), exam_words(visit)),
            Row(_("Patient"), visit.patient.full_name),
            Row(_("Doctor’s order"), order_words(visit.exam, visit.order_status)),
            Row(_("How we reach you"), contact_words(visit, phone)),
        ]
        if visit.reason:
            rows.insert(1, Row(_("Reason"), visit.reason))
        if visit.guardian_name:
            rows.append(Row(_("Parent or guardian"), visit.guardian_name))
        if visit.interpreter_language:
            rows.append(Row(_("Interpreter"), visit.interpreter_language))
        if self.is_current:
            rows.append(self._paying_row())
        return rows

    def _paying_row(self) -> Row:
        said = "\n".join(filter(None, (paying_words(self.visit), price_of_visit(self.visit))))
        if not self.is_coming:
            return Row(_("How you pay"), said)
        url = reverse("portal:visit-paying", kwargs={"token": visit_token(self.visit)})
        return Row(_("How you pay"), said, url, _("how you pay"), "" if said else _("Add"))

    @property
    def estimate(self) -> str:
        """By when the patient gets one in writing; empty when none is to be sent."""
        return estimate_of_visit(self.visit, now=self.now) if self.is_coming else ""
