"""Finding a visit, or an order without one, while somebody is on the phone: name, phone, date of birth or
code, in any order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, F, Q, QuerySet, TextField, When
from django.db.models.functions import Cast

from locations.models import User
from locations.zones import home_zone
from scheduling.models import Appointment, Order, Patient
from scheduling.queries.worklist import BOOKING, READING
from scheduling.rules.birth_dates import read_birth_date
from scheduling.rules.codes import read_code
from scheduling.rules.names import fold
from scheduling.rules.opening_hours import local_day, wall_instant

TOP, LONGEST, LEAST_DIGITS, MOST_DATE_WORDS = 8, 80, 4, 3
KEPT_FOR_ORDERS = 2  # of the top eight, where there are as many
_NO_VISITS = (Appointment.Status.HELD, Appointment.Status.EXPIRED)


@dataclass(frozen=True, slots=True)
class Asked:
    words: tuple[str, ...] = ()
    digits: str = ""
    born: date | None = None
    code: str = ""

    @property
    def is_nothing(self) -> bool:
        return not (self.words or self.digits or self.born or self.code)


@dataclass(frozen=True, slots=True)
class Found:
    """Context of frontdesk/search_found.html."""

    visits: Sequence[Appointment] = ()
    orders: Sequence[Order] = ()

    def __len__(self) -> int:
        return len(self.visits) + len(self.orders)


def search_desk(user: User, typed: str, *, now: datetime) -> Found:
    """The top eight together: visits come first, but leave some room for orders."""
    orders = search_orders(user, typed, now=now)
    visits = search_visits(user, typed, now=now)[: TOP - min(len(orders), KEPT_FOR_ORDERS)]
    return Found(visits, orders[: TOP - len(visits)])


def search_orders(user: User, typed: str, *, now: datetime) -> list[Order]:
    """The top eight in the inboxes where the user books: urgent ones first, then those that came last."""
    asked = read_query(typed, today=local_day(now, home_zone()))
    if not (asked.words or asked.digits or asked.born):
        return []
    orders = (
        Order.objects.with_all()
        .annotate(phone_text=Cast("phone", TextField()))
        .filter(status__in=Order.OPEN, location__in=user.locations_for(*BOOKING))
    )
    urgent_first = Case(When(urgency=Order.Urgency.URGENT, then=0), default=1)
    return list(orders.filter(_ordered(asked)).order_by(urgent_first, "-received_at", "pk")[:TOP])


def search_visits(user: User, typed: str, *, now: datetime) -> list[Appointment]:
    """The top eight at the user's locations: today's first, then what is ahead, then what is over."""
    asked = read_query(typed, today=local_day(now, home_zone()))
    if asked.is_nothing:
        return []
    visits = (
        Appointment.objects.with_place()
        .annotate(phone_text=Cast("phone", TextField()), own_phone=Cast("patient__phone", TextField()))
        .filter(patient__isnull=False, scanner__location__in=user.locations_for(*READING))
        .exclude(status__in=_NO_VISITS)
    )
    return list(_by_day(visits.filter(_wanted(asked)), now)[:TOP])


def read_query(typed: str, *, today: date) -> Asked:
    """Every part must fit: “ana 1980-05-17” is somebody called Ana of that day. What can be a code may be a
    name, a phone or a day as well: either will do."""
    text = " ".join(typed[:LONGEST].split())
    words, born = _without_date(text.split(), today)
    digits = "".join(re.sub(r"\D", "", word) for word in words if not re.search(r"[^\d\s().+/-]", word))
    names = [word for word in words if re.search(r"[^\d\s().+/-]", word)]
    folded = tuple(fold(" ".join(names)).split())
    return Asked(folded, digits if len(digits) >= LEAST_DIGITS else "", born, read_code(text))


def _without_date(words: list[str], today: date) -> tuple[list[str], date | None]:
    """The longest run of words that is a date of birth, taken out. Ten figures are a phone."""
    for length in range(MOST_DATE_WORDS, 0, -1):
        for at in range(len(words) - length + 1):
            run = " ".join(words[at : at + length])
            if len(re.sub(r"\D", "", run)) > 8:
                continue
            born = read_birth_date(run, today=today)
            if born is not None:
                return [*words[:at], *words[at + length :]], born
    return words, None


def _wanted(asked: Asked) -> Q:
    wanted = Q()
    if asked.born:
        wanted &= Q(patient__birth_date=asked.born)
    if asked.digits:
        end = asked.digits[-10:]
        wanted &= Q(phone_text__endswith=end) | Q(own_phone__endswith=end)
    for word in asked.words:
        wanted &= Q(patient__folded_name__contains=word) | Q(patient__in=_once_called(word))
    return wanted | Q(code=asked.code) if asked.code else wanted


def _ordered(asked: Asked) -> Q:
    wanted = Q(birth_date=asked.born) if asked.born else Q()
    if asked.digits:
        wanted &= Q(phone_text__endswith=asked.digits[-10:])
    for word in asked.words:
        wanted &= Q(folded_name__contains=word)
    return wanted


def _once_called(word: str) -> QuerySet[Patient, int | None]:
    """By the name of a record that was merged into theirs."""
    merged = Patient.objects.filter(merged_into__isnull=False, folded_name__contains=word)
    return merged.values_list("merged_into", flat=True)


def _by_day(visits: QuerySet[Appointment], now: datetime) -> QuerySet[Appointment]:
    zone = home_zone()
    day = local_day(now, zone)
    today, tomorrow = wall_instant(day, 0, zone), wall_instant(day, 24 * 60, zone)
    rank = Case(
        When(starts_at__gte=today, starts_at__lt=tomorrow, then=0),
        When(starts_at__gte=tomorrow, then=1),
        default=2,
    )
    coming = Case(When(starts_at__gte=today, then=F("starts_at")))
    return visits.order_by(rank, coming.asc(), F("starts_at").desc(), "pk")
