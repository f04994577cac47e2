"""What happened to whom, by whom. Append-only (a trigger refuses UPDATE and DELETE), no foreign
keys, so that it neither blocks nor follows live rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    class Event(models.TextChoices):
        HOLD_PLACED = "hold.placed", _("time held")
        HOLD_EXTENDED = "hold.extended", _("hold extended")
        HOLD_ENDED = "hold.ended", _("hold ended")
        BOOKED = "visit.booked", _("booked")
        CONFIRMED = "visit.confirmed", _("patient will come")
        MOVED = "visit.moved", _("moved")
        SCANNER_CHANGED = "visit.scanner_changed", _("on another scanner")
        ARRIVED = "visit.arrived", _("arrived")
        EXAM_STARTED = "visit.exam_started", _("exam began")
        EXAM_ENDED = "visit.exam_ended", _("exam ended")
        NO_SHOW = "visit.no_show", _("did not come")
        STEP_UNDONE = "visit.step_undone", _("step taken back")
        CALLER_CHECKED = "visit.caller_checked", _("caller’s identity checked")
        NOTED = "visit.noted", _("note written")
        CHANGE_UNDONE = "visit.change_undone", _("change undone")
        CANCELED = "visit.canceled", _("canceled")
        TAKEN_BACK = "visit.taken_back", _("cancel taken back")
        VIEWED = "visit.viewed", _("viewed")
        LINK_ASKED = "visit.link_asked", _("link asked for")
        LINK_SENT = "visit.link_sent", _("link sent again")
        LOOKUP_FAILED = "visit.lookup_failed", _("look-up failed")
        SCREENED = "screening.answered", _("screening answered")
        EMERGENCY = "screening.emergency", _("screening: emergency advice shown")
        SECOND_SCREEN = "screening.signed", _("second screen signed")
        PAYING_CHANGED = "visit.paying_changed", _("paying changed")
        DOCUMENT_ADDED = "document.added", _("document added")
        DOCUMENT_REMOVED = "document.removed", _("document removed")
        DOCUMENT_VIEWED = "document.viewed", _("document viewed")
        TAKEN_OVER = "draft.taken_over", _("online booking taken over by the desk")
        SET_UP = "draft.set_up", _("agreed to be booked by phone")
        CALLBACK_REQUESTED = "callback.requested", _("callback requested")
        TASK_OPENED = "task.opened", _("task opened")
        TASK_MADE_URGENT = "task.made_urgent", _("task made urgent")
        TASK_MOVED = "task.moved", _("task moved with its visit")
        TASK_NUMBER_CHANGED = "task.number_changed", _("task: number to call changed")
        TASK_TAKEN = "task.taken", _("task: being looked at")
        TASK_ESCALATED = "task.escalated", _("task: overdue, told to the manager")
        TASK_GIVEN_BACK = "task.given_back", _("task: given back")
        TASK_PASSED_ON = "task.passed_on", _("task: passed on to a radiologist")
        REVIEW_NOTED = "review.noted", _("note on a review")
        LATER_DAY = "review.later_day", _("later day asked for")
        CARD_ASKED = "review.card_asked", _("device card asked for")
        RELEASED = "review.released", _("review released")
        IMPLANT_ADDED = "implant.added", _("implant kept with the patient")
        IMPLANT_REMOVED = "implant.removed", _("implant taken off the list")
        LAB_RECORDED = "lab.recorded", _("blood test recorded")
        LAB_WAIVED = "lab.waived", _("blood test waived")
        LAB_PLANNED = "lab.planned", _("blood test planned at the center")
        TASK_TRIED = "task.tried", _("call tried")
        TASK_CLOSED = "task.closed", _("task done")
        TASK_REOPENED = "task.reopened", _("task open again")
        PUBLISHED = "questionnaire.published", _("questionnaire published")
        PUBLICATION_ENDED = "questionnaire.ended", _("questionnaire no longer in force")
        VERSION_STARTED = "version.started", _("version begun")
        VERSION_CHANGED = "version.changed", _("version changed")
        VERSION_DISCARDED = "version.discarded", _("version discarded")
        WAITLIST_JOINED = "waitlist.joined", _("joined the waitlist")
        WAITLIST_CHANGED = "waitlist.changed", _("waitlist entry changed")
        WAITLIST_RESTORED = "waitlist.restored", _("waitlist entry restored")
        WAITLIST_ENDED = "waitlist.ended", _("waitlist entry ended")
        SIGN_IN_FAILED = "staff.sign_in_failed", _("sign-in failed")
        KEPT = "visit.kept", _("kept during a closure")
        CLOSED = "closure.made", _("closed")
        REOPENED = "closure.ended", _("open again early")
        EXPORTED = "staff.exported", _("list printed or exported")
        SEARCHED = "staff.searched", _("visit searched for")
        SIGNED_IN = "staff.signed_in", _("signed in")
        FACTOR_ADDED = "staff.factor_added", _("second factor added")
        FACTOR_REMOVED = "staff.factor_removed", _("second factor removed")
        FACTOR_RESET = "staff.factor_reset", _("second factor reset by an administrator")
        CODES_MADE = "staff.codes_made", _("new recovery codes made")
        PASSWORD_CHANGED = "staff.password_changed", _("password changed")
        PASSWORD_ASKED = "staff.password_asked", _("new password asked for")
        SESSIONS_ENDED = "staff.sessions_ended", _("sessions ended")
        INVITED = "staff.invited", _("invited")
        INVITATION_WITHDRAWN = "staff.invitation_withdrawn", _("invitation withdrawn")
        JOINED = "staff.joined", _("invitation accepted")
        ROLES_CHANGED = "staff.roles_changed", _("roles changed")
        ACCESS_ENDED = "staff.access_ended", _("access taken away")
        ACCESS_GIVEN = "staff.access_given", _("access given back")

    at = models.DateTimeField(_("at"), db_index=True)
    event = models.CharField(_("event"), max_length=32, choices=Event.choices)
    actor_kind = models.CharField(_("actor"), max_length=8)
    actor_name = models.CharField(_("actor’s id or process"), max_length=80)
    object_kind = models.CharField(_("object"), max_length=32)
    object_id = models.CharField(_("object’s id"), max_length=40)
    location_id = models.BigIntegerField(_("location"), null=True, blank=True)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(name="audit_by_object", fields=["object_kind", "object_id"]),
            models.Index(
                name="audit_by_location", fields=["location_id", "id"]
            ),  # the board asks for the last
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"
