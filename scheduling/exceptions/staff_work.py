"""Refusals to staff: reviews, patients’ records, questionnaires, files and plans."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from scheduling.exceptions.base import BookingError


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


class SidesInUse(BookingError):
    """Left, right or both was said of the exam: it cannot be without sides any more."""

    code = "sides_in_use"
    sentence = _("It was booked with a side. Retire it, and add an exam without sides.")


class VisitsTouched(BookingError):
    """Coming visits depend on what would be changed. `unfit`: keys of those that would no longer fit."""

    code = "visits_touched"
    sentence = _("Booked visits depend on this. Nothing was changed: please look at them first.")

    def __init__(self, unfit: Sequence[int]) -> None:
        super().__init__(unfit)
        self.unfit = tuple(unfit)


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


class NotReviewed(BookingError):
    """A scan would begin with an open review."""

    code = "not_reviewed"
    sentence = _("A review is open. It has to be decided before the scan begins.")


class NotScreenedTwice(BookingError):
    """An MRI would begin without the signed second screen (docs/adr/0026)."""

    code = "not_screened_twice"
    sentence = _("The second safety screen is not signed. It has to be before an MRI begins.")


class NoTimeToTry(BookingError):
    """Nobody is to be called again then: `NoTimeToTry(why)`, a sentence."""

    code = "no_time_to_try"

    def __str__(self) -> str:
        return str(self.args[0])
