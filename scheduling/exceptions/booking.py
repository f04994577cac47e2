"""Refusals about times, visits and bookings."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from scheduling.exceptions.base import BookingError
from scheduling.rules.clashes import Clash

MINUTES_SAID = 90  # more than that is said in hours


class SlotTaken(BookingError):
    """The time was free when it was shown and is not now."""

    code = "slot_taken"
    sentence = _("Someone just took that time. These are close.")


class SameTime(BookingError):
    """A visit is moved to where it is."""

    code = "same_time"
    sentence = _("That is the time you have now. Nothing was changed.")


class NotAnOpening(BookingError):
    """The time never was one that the page would have offered."""

    code = "not_an_opening"
    sentence = _("That time cannot be booked. Please choose one from the list.")


class Clashes(BookingError):
    """The desk wants a time that something speaks against: it needs a reason."""

    code = "clashes"
    sentence = _("Something speaks against that time. It needs a reason.")

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__(clashes)
        self.clashes = clashes


class NoTimeChosen(NotAnOpening):
    """The form was sent without any."""

    code = "no_time_chosen"
    sentence = _("Choose a time, or ask for the waitlist")


class NoMoreExtensions(BookingError):
    code = "no_more_extensions"
    sentence = _("We cannot keep this time any longer. You can still finish: we will try to get it for you.")


class AlreadyBooked(BookingError):
    """The draft has become a visit: it can't be edited or booked with other content."""

    code = "already_booked"
    sentence = _("This visit is already booked. To change it, open the visit.")


class DraftChanged(BookingError):
    """What the patient confirmed is not what the draft holds now (another tab changed it)."""

    code = "draft_changed"
    sentence = _("Your answers changed in another window. Please check them again, then book.")


class DraftIncomplete(BookingError):
    code = "draft_incomplete"
    sentence = _("Some answers are still missing.")


class BookingNotOffered(BookingError):
    """The draft's answers end the online booking: a person calls, or 911 is the right call."""

    code = "not_offered_online"
    sentence = _("We’ll set this one up with you by phone.")


class ExamNotOffered(BookingNotOffered):
    """The center has stopped offering the exam since it was chosen."""

    code = "exam_not_offered"
    sentence = _("That center does not offer this exam any more. Please choose another center.")


class TooYoung(BookingNotOffered):
    """Below the offering's minimum age on the day of the visit; a person sets it up."""

    code = "too_young"


class NotBefore(BookingNotOffered):
    """The answers to the health questions put the visit off to a later day."""

    code = "not_before"
    sentence = _("Because of your answers, please choose a later day.")


class PleaseCall(BookingError):
    """Another visit of the patient stands in the way. The same words for every such reason: nobody may learn
    of a visit by trying to book one."""

    code = "please_call"
    sentence = _("Please call us to book this visit. We keep everything you typed.")


class PatientBusy(PleaseCall):
    """One patient, two overlapping visits."""


class TooManyVisits(PleaseCall):
    """As many coming visits as the location lets one patient have."""


class CallToChange(PleaseCall):
    """The same, where a visit is changed."""

    sentence = _("We could not do that online. Your visit stays as it is. Please call us.")


class TooManyTries(BookingError):
    """`wait`: until the next try would be let through."""

    code = "too_many_tries"

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait

    @property
    def seconds(self) -> int:
        return max(1, ceil(self.wait.total_seconds()))

    @property
    def how_long(self) -> str:
        """In words, rounded up: who waits that long is let through."""
        minutes = ceil(self.seconds / 60)
        if minutes <= MINUTES_SAID:
            return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
        hours = ceil(minutes / 60)
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}

    def __str__(self) -> str:
        words = _("That was a lot of tries. Please wait %(time)s, or call us.")
        return str(words % {"time": self.how_long})


class TooManyFiles(BookingError):
    """More papers, or larger ones, than a draft or a visit may have."""

    code = "too_many_files"
    sentence = _("These are more files than we can keep. Remove one first, or bring the papers with you.")


class TooLate(BookingError):
    code = "too_late"
    sentence = _("It is too late to change this visit online. Please call us.")


class HasVisit(BookingError):
    """A walk-in has a coming visit for the same exam. `visits` are those (models.Appointment)."""

    code = "has_visit"
    sentence = _("There is a coming visit for this exam. Bring it forward, or say that it is another.")

    def __init__(self, visits: Sequence[object]) -> None:
        super().__init__(visits)
        self.visits = visits


class IllegalMove(BookingError):
    """A status cannot follow another, for example canceling a visit that is done."""

    code = "illegal_move"
    sentence = _("This visit can no longer be changed that way.")


class TooEarly(BookingError):
    """A visit is marked as missed while its patient may still come in time."""

    code = "too_early"
    sentence = _("It is too early to say that. The patient may still come in time.")


class NotToday(TooEarly):
    """A visit of a later day is marked as arrived, begun or over."""

    code = "not_today"
    sentence = _("This visit is on a later day. Is it the right one? Who came early can be brought forward.")


class NothingSuits(BookingError):
    """Of what somebody on the waitlist would take there is none."""

    code = "nothing_suits"
    sentence = _("No time could ever fit that. Choose other days or another center.")


class NotWaiting(BookingError):
    """The place on the waitlist was given up, or has led to a time."""

    code = "not_waiting"
    sentence = _("You are no longer on this waitlist.")
