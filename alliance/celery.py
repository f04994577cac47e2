"""The Celery app and the beat timetable.

Due work is rows in the database (messages, holds, drafts); beat only says when to look.
Nothing relies on eta or countdown, so a lost broker loses no work.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

app = Celery("alliance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "deliver-due-messages": {"task": "scheduling.deliver_due_messages", "schedule": 5.0},
    "expire-dead-holds": {"task": "scheduling.expire_dead_holds", "schedule": 60.0},
    "purge-old-drafts": {"task": "scheduling.purge_old_drafts", "schedule": 3600.0},
}
