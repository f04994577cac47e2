"""Celery's door to the actions: no arguments, no results; what is due is rows in the database."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from scheduling.actions import (
    asking_everyone,
    authorizations,
    changes,
    delivery,
    documents,
    drafts,
    escalation,
    holds,
    limits,
    links,
    order_invitations,
    staff_links,
    staff_sessions,
    tasks,
    waitlist_upkeep,
)
from scheduling.messaging.channels import open_channels


@shared_task(name="scheduling.deliver_due_messages")
def deliver_due_messages() -> None:
    try:
        links.answer_link_requests(now=timezone.now())
        staff_links.answer_password_requests(now=timezone.now())
    finally:  # a request that can't be answered holds up no message
        more = True
        while more:
            with open_channels() as send:
                more = delivery.deliver_due(send=send, now=timezone.now(), clock=timezone.now)


@shared_task(name="scheduling.ask_everyone")
def ask_everyone() -> None:
    while asking_everyone.ask_everyone(now=timezone.now()):
        pass


@shared_task(name="scheduling.follow_rules_of_insurers")
def follow_rules_of_insurers() -> None:
    while authorizations.follow_rules(now=timezone.now()):
        pass


@shared_task(name="scheduling.escalate")
def escalate() -> None:
    escalation.escalate(now=timezone.now())


@shared_task(name="scheduling.call_unanswered")
def call_unanswered() -> None:
    while order_invitations.call_unanswered(now=timezone.now()):
        pass


@shared_task(name="scheduling.expire_dead_holds")
def expire_dead_holds() -> None:
    holds.expire_dead_holds(now=timezone.now())


@shared_task(name="scheduling.purge_old_drafts")
def purge_old_drafts() -> None:
    drafts.purge_old_drafts(days=settings.DRAFT_RETENTION_DAYS, now=timezone.now())
    waitlist_upkeep.lapse_entries(now=timezone.now())
    waitlist_upkeep.forget_ended_entries(days=settings.DRAFT_RETENTION_DAYS, now=timezone.now())
    changes.forget_abandoned(now=timezone.now())
    tasks.purge_callbacks(days=settings.DRAFT_RETENTION_DAYS, now=timezone.now())
    limits.purge_attempts(now=timezone.now())
    limits.forget_addresses(now=timezone.now())
    limits.forget_origins(now=timezone.now())


@shared_task(name="scheduling.sweep_files")
def sweep_files() -> None:
    documents.sweep_files(now=timezone.now())


@shared_task(name="scheduling.clear_old_sessions")
def clear_old_sessions() -> None:
    call_command("clearsessions")
    kept = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    staff_sessions.forget_old_sessions(kept=kept, now=timezone.now())
