"""Every refusal: a code for machines and tests, a sentence for people.

Actions raise these; each edge turns them into a page in one place.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from scheduling.rules.clashes import Clash

MINUTES_SAID = 90  # more than that is said in hours


class BookingError(Exception):
    """A request that is understood and refused. Nothing was changed."""

    code = "refused"
    sentence: str | Promise = _("Sorry, we could not do that. Nothing was changed.")

    def __str__(self) -> str:
        return str(self.sentence)


class NotFound(BookingError):
    """Missing, or not yours to see: the two look alike."""

    code = "not_found"
    sentence = _("We could not find that.")


class LookedAt(BookingError):
    """Somebody else has the review open. `who` is their name."""

    code = "looked_at"

    def __init__(self, who: str) -> None:
        super().__init__(who)
        self.who = who

    def __str__(self) -> str:
        return _("%(who)s is looking at it. Nothing was changed.") % {"who": self.who}


class ForRadiologist(BookingError):
    """A technologist does not decide this review."""

    code = "for_radiologist"
    sentence = _("A radiologist decides this one. Nothing was changed.")


class OldResult(BookingError):
    """A blood test that says nothing of the day of the visit."""

    code = "old_result"
    sentence = _("That blood test is too old for this visit, or from a day after it. Nothing was saved.")


class NoEmail(BookingError):
    """The patient cannot be written to."""

    code = "no_email"
    sentence = _("There is no email address to write to. Please call instead. Nothing was changed.")


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


class NoOrder(BookingError):
    """A walk-in is taken in while the order that the exam needs is not there: it needs a reason."""

    code = "no_order"
    sentence = _("The doctor’s order is not here. It needs a reason.")


class OrderGone(BookingError):
    """A doctor's order was booked or closed since it was shown."""

    code = "order_gone"
    sentence = _("This order has been booked or closed meanwhile. Nothing was changed.")


class OrderIncomplete(BookingError):
    """Exam, side, name, date of birth, and a phone or an email are needed before anybody can book it."""

    code = "order_incomplete"
    sentence = _("Something is still missing in this order. Complete it first.")


class OrderDecides(BookingError):
    """Exam, side and contrast of a booking from an order are those of the order."""

    code = "order_decides"
    sentence = _("The doctor’s order says which exam it is, so it can’t be changed here. Please call us.")


class OrderChanged(BookingError):
    """The exam or the side of the order was corrected since the booking was begun."""

    code = "order_changed"
    sentence = _("The doctor’s order was corrected meanwhile. Please look at the exam again, then book.")


class OrderForAnother(BookingError):
    """The date of birth is not the one on the order."""

    code = "order_for_another"
    sentence = _("The doctor’s order is for somebody with another date of birth. Please call us.")


class OrderDoesNotFit(BookingError):
    code = "order_does_not_fit"

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence


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


class NotReviewed(BookingError):
    """A scan would begin with an open review."""

    code = "not_reviewed"
    sentence = _("A review is open. It has to be decided before the scan begins.")


class NotScreenedTwice(BookingError):
    """An MRI would begin without the signed second screen (docs/adr/0026)."""

    code = "not_screened_twice"
    sentence = _("The second safety screen is not signed. It has to be before an MRI begins.")


class PlanChanged(BookingError):
    """A visit was booked, moved or canceled since the preview, or a proposed time is gone."""

    code = "plan_changed"
    sentence = _("Something changed since this preview. Nothing was done: please look at it again.")


class NothingToUndo(BookingError):
    """More than two minutes passed, or something else happened to the visit since."""

    code = "nothing_to_undo"
    sentence = _("It is too late to undo that: the message may have left. Please change the visit instead.")


class EditConflict(BookingError):
    """Someone else saved the row first; nothing was overwritten."""

    code = "edit_conflict"
    sentence = _("Someone else changed this a moment ago. Please look again, then repeat your change.")


class AlreadyMerged(BookingError):
    """Another desk was faster, or it is one record already."""

    code = "already_merged"
    sentence = _("These two records are one already. Nothing was changed.")


class VisitsOverlap(BookingError):
    """Of the two records that would become one."""

    code = "visits_overlap"
    sentence = _("Both have a visit at the same time. Move or cancel one of them first. Nothing was merged.")


class NotMerged(BookingError):
    code = "not_merged"
    sentence = _("These records were separated already. Nothing was changed.")


class MergedFurther(BookingError):
    """The record that stayed has been merged into another one since."""

    code = "merged_further"
    sentence = _("This record was merged into another one since. Separate those two first.")


class FileRefused(BookingError):
    """A file of the catalogue with faults (queries.catalogue_plan)."""

    code = "file_refused"
    sentence = _("That file has faults. Nothing was changed.")


class NotPublishable(BookingError):
    """A questionnaire with faults; `problems` lists them all (rules.screening_check.Problem)."""

    code = "not_publishable"
    sentence = _("This version has faults, so patients can’t be asked it yet.")

    def __init__(self, problems: Sequence[object]) -> None:
        super().__init__(problems)
        self.problems = problems


class VersionFrozen(BookingError):
    """A published version, or one that is gone, is edited."""

    code = "version_frozen"
    sentence = _("This version is published, so it stays as it is. Copy it into a new draft to change it.")


class CannotEnd(BookingError):
    """What is in force for the widest scope is followed by another version, or switched off."""

    code = "cannot_end"
    sentence = _("Nothing would be in force there. Publish another version, or switch the form off.")


class NothingSuits(BookingError):
    """Of what somebody on the waitlist would take there is none."""

    code = "nothing_suits"
    sentence = _("No time could ever fit that. Choose other days or another center.")


class NotWaiting(BookingError):
    """The place on the waitlist was given up, or has led to a time."""

    code = "not_waiting"
    sentence = _("You are no longer on this waitlist.")
