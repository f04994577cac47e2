"""Texts of messages: who, where and when, never what for. Times on the location's wall clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from locations.models import Location, User
from locations.zones import home_zone
from scheduling.models import Appointment, Message, Order, StaffLink, WaitlistEntry
from scheduling.queries.access import order_token, visit_token, visits_to_remind_of, waitlist_token
from scheduling.queries.asking_again import is_to_come
from scheduling.queries.escalation import escalated_at
from scheduling.queries.staff_links import open_link_of, staff_token
from scheduling.queries.visits import last_move
from scheduling.queries.worklist import call_first_task
from scheduling.waitlist_words import days_words, parts_words, weekdays_words
from scheduling.wall_clock import day_words, is_ambiguous, time_words, zone_words

# Read by anyone who sees the phone's lock screen.
SUBJECTS: dict[str, Promise | str] = {
    Message.Kind.CONFIRMATION: _("Your appointment on %(day)s"),
    Message.Kind.REMINDER_72H: _("Reminder: your appointment on %(day)s"),
    Message.Kind.REMINDER_24H: _("Reminder: your appointment on %(day)s"),
    Message.Kind.MOVED: _("New time: your appointment is now on %(day)s"),
    Message.Kind.CORRECTED: _("How to get ready has changed: your appointment on %(day)s"),
    Message.Kind.CANCELED: _("Your appointment on %(day)s is canceled"),
    Message.Kind.CENTER_MOVED: _("We had to move your appointment: it is now on %(day)s"),
    Message.Kind.CENTER_WAITING: _("Your appointment on %(day)s is canceled"),
    Message.Kind.TAKEN_BACK: _("Your appointment on %(day)s is booked again"),
    Message.Kind.LINKS: _("The link that you asked for"),
    Message.Kind.HEALTH: _("Please answer again before your appointment on %(day)s"),
    Message.Kind.LATER_DAY: _("Please choose another day for your appointment on %(day)s"),
    Message.Kind.CARD: _("Something is missing for your appointment on %(day)s"),
    Message.Kind.STILL_LOOKING: _("About your appointment on %(day)s"),
    Message.Kind.OVERDUE: _("Work is overdue at %(place)s"),
    Message.Kind.WAITLIST: _("You are on our waitlist"),
    Message.Kind.ORDER_INVITED: _("Please choose the time of your appointment"),
    Message.Kind.ORDER_REMINDED: _("Reminder: please choose the time of your appointment"),
    Message.Kind.STAFF_INVITED: _("Your invitation"),
    Message.Kind.STAFF_PASSWORD: _("The link that you asked for"),
    Message.Kind.PASSWORD_SET: _("Your password was changed"),
    Message.Kind.FACTOR_RESET: _("Your second factor was removed"),
    Message.Kind.EMAIL_CHANGED: _("Your email for signing in was changed"),
}
ASK_ABOUT_HEALTH = (Message.Kind.REMINDER_72H, Message.Kind.REMINDER_24H, Message.Kind.HEALTH)


@dataclass(frozen=True, slots=True)
class Content:
    subject: str
    text: str
    html: str


def render(message: Message) -> Content:
    """In the language of the message. Needs what it is about, an appointment with scanner and location."""
    with translation.override(message.language):
        about = message.about
        context = _about(message) | _common(message)
        place = about.name if isinstance(about, Location) else ""
        subject = str(SUBJECTS[message.kind]) % {"day": context.get("day", ""), "place": place}
        context["subject"] = subject
        return Content(
            subject=subject,
            text=render_to_string(f"messages/{message.kind}.txt", context),
            html=render_to_string(f"messages/{message.kind}.html", context),
        )


def _about(message: Message) -> dict[str, object]:
    match message.about:
        case Location() as location:
            return _overdue(location, message.created_at)
        case WaitlistEntry() as entry:
            return _waitlist(entry)
        case Order() as order:
            return _invitation(order)
        case User() as user:
            return _account(user)
        case visit:
            return _visit(message, visit)


def _common(message: Message) -> dict[str, object]:
    common: dict[str, object] = {
        "language": message.language,
        "neutral_name": settings.NEUTRAL_NAME,
        "site_url": settings.SITE_URL,
    }
    match message.about:
        case User():
            return common  # who works here asks an administrator
        case Location() as location:
            phone = location.phone
        case WaitlistEntry() as entry:
            phone = entry.center.phone
        case Order() as order:
            phone = order.location.phone
        case visit:
            phone = visit.location.phone
    return {**common, "phone": phone.as_national, "phone_link": phone.as_rfc3966}


def _visit(message: Message, visit: Appointment) -> dict[str, object]:
    zone = visit.zone
    is_to_talk = call_first_task(visit) is not None
    return {
        "location": visit.location,
        "old_center": _old_center(message, visit),
        "code": visit.spoken_code,
        "day": day_words(visit.starts_at, zone),
        "time": _time_and_zone(visit.starts_at, zone),
        "arrive_day": day_words(visit.arrive_at, zone),
        "arrive": time_words(visit.arrive_at, zone),
        "we_call_first": is_to_talk and bool(visit.phone),
        "canceled_by_patient": visit.canceled_by_patient,
        "please_call_first": is_to_talk and not visit.phone,
        "visit_url": _url_of(visit),
        "health_url": _health_url(message, visit),
        "first_day": day_words(visit.not_before, year=True) if visit.not_before else "",
        "move_url": _url_of(visit, "move"),
        "card_url": _url_of(visit, "visit-card"),
        "visits": _of_the_same_address(visit, message) if message.kind == Message.Kind.LINKS else [],
    }


def _old_center(message: Message, visit: Appointment) -> Location | None:
    """Where the visit was before, where the news is that it is at another center now."""
    move = last_move(visit) if message.kind in (Message.Kind.MOVED, Message.Kind.CENTER_MOVED) else None
    return move.scanner.location if move and move.scanner.location != visit.location else None


def _overdue(location: Location, now: datetime) -> dict[str, object]:
    """How much, and since when: no names, and nothing of what it is about."""
    waiting = escalated_at(location)
    longest = waiting.first()
    since = longest.due_at if longest else now
    return {
        "location": location,
        "count": waiting.count(),
        "since_day": day_words(since, location.zone),
        "since_time": _time_and_zone(since, location.zone),
        "tasks_url": f"{settings.SITE_URL}{reverse('frontdesk:tasks')}?location={location.pk}",
    }


def _waitlist(entry: WaitlistEntry) -> dict[str, object]:
    visit = entry.appointment
    return {
        "centers": [location.name for location in entry.locations.all()],
        "days": days_words(entry),
        "weekdays": weekdays_words(entry.weekdays),
        "parts": parts_words(entry.parts),
        "visit_day": day_words(visit.starts_at, visit.zone) if visit else "",
        "entry_url": f"{settings.SITE_URL}{reverse('portal:waitlist-entry', args=[waitlist_token(entry)])}",
    }


def _invitation(order: Order) -> dict[str, object]:
    """Where and how: not what was ordered, nor for whom."""
    assert order.invited_at is not None
    until = order.invited_at + timedelta(days=settings.INVITATION_DAYS)
    return {
        "location": order.location,
        "until_day": day_words(until, order.zone, year=True),
        "invitation_url": f"{settings.SITE_URL}{reverse('portal:invitation', args=[order_token(order)])}",
    }


def _account(user: User) -> dict[str, object]:
    """Neither name nor role: a wrong address should learn of nobody."""
    link = open_link_of(user)
    page = {StaffLink.Kind.JOIN: "account_join", StaffLink.Kind.PASSWORD: "account_new_password"}
    return {
        "link_url": f"{settings.SITE_URL}{reverse(page[StaffLink.Kind(link.kind)], args=[staff_token(link)])}"
        if link
        else "",
        "until_day": day_words(link.ends_at, home_zone()) if link else "",
        "until_time": _time_and_zone(link.ends_at, home_zone()) if link else "",
        "sign_in_url": f"{settings.SITE_URL}{reverse('account_login')}",
    }


def _url_of(visit: Appointment, page: str = "visit") -> str:
    return f"{settings.SITE_URL}{reverse(f'portal:{page}', args=[visit_token(visit)])}"


def _health_url(message: Message, visit: Appointment) -> str:
    """Of the questions that are asked again before the visit; empty once they are answered."""
    if message.kind not in ASK_ABOUT_HEALTH or not is_to_come(visit, now=message.due_at):
        return ""
    return _url_of(visit, "health")


def _of_the_same_address(visit: Appointment, message: Message) -> list[dict[str, object]]:
    """Every coming visit of the person whose mails go to this address."""
    assert visit.patient is not None
    born = visit.patient.birth_date
    return [
        {
            "day": day_words(each.starts_at, each.zone),
            "time": _time_and_zone(each.starts_at, each.zone),
            "location": each.location,
            "url": _url_of(each),
        }
        for each in visits_to_remind_of(email=visit.email, birth_date=born, now=message.created_at)
    ]


def _time_and_zone(at: datetime, zone: ZoneInfo) -> str:
    words = time_words(at, zone)
    return words if is_ambiguous(at, zone) else f"{words} {zone_words(at, zone)}"
