"""What the desk's queues are called, and what is good to read when one is empty."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scheduling.queries.queues import Queue

NAMES: dict[Queue, Promise] = {
    Queue.FLAGS: _("Flagged answers"),
    Queue.CALLBACKS: _("Calls asked for"),
    Queue.UNREACHED: _("Not reached"),
    Queue.DETAILS: _("Details missing"),
    Queue.ORDERS: _("Orders"),
    Queue.LABS: _("Blood tests"),
    Queue.AUTHORIZATIONS: _("Authorizations"),
    Queue.ESTIMATES: _("Estimates due"),
}
EMPTY: dict[Queue, Promise] = {
    Queue.FLAGS: _("No answer waits for somebody to look at it."),
    Queue.CALLBACKS: _("Everybody who asked for a call has had one."),
    Queue.UNREACHED: _("Every message found its way, or somebody was told on the phone."),
    Queue.DETAILS: _("No booking by phone was left half done."),
    Queue.ORDERS: _("Every visit that needs an order has one that was checked, or some time yet."),
    Queue.LABS: _("No blood test is awaited."),
    Queue.AUTHORIZATIONS: _("No insurer is waited for."),
    Queue.ESTIMATES: _("Every written estimate that is owed has gone out."),
}
