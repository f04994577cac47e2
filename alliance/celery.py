"""The Celery app and the beat timetable.

Due work is rows in the database (messages, holds, drafts); beat only says when to look.
Nothing relies on eta or countdown, so a lost broker loses no work.
"""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

app = Celery("alliance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_the_settings_say(**_: Any) -> None:
    """Celery's own handlers would print what a failed task's row holds."""
    logging.config.dictConfig(settings.LOGGING)


def every(seconds: float, task: str) -> dict[str, object]:
    """A tick that no worker took before the next one is worth nothing: it expires."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


app.conf.beat_schedule = {
    "deliver-due-messages": every(5, "scheduling.deliver_due_messages"),
    "ask-everyone": every(60, "scheduling.ask_everyone"),
    "call-unanswered": every(300, "scheduling.call_unanswered"),
    "escalate": every(60, "scheduling.escalate"),
    "follow-rules-of-insurers": every(60, "scheduling.follow_rules_of_insurers"),
    "expire-dead-holds": every(60, "scheduling.expire_dead_holds"),
    "purge-old-drafts": every(3600, "scheduling.purge_old_drafts"),
    "sweep-files": every(86_400, "scheduling.sweep_files"),
    "clear-old-sessions": every(86_400, "scheduling.clear_old_sessions"),
}
