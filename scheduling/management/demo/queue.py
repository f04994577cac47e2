"""People who wait for an X-ray without a time, where a room is open right now."""

from datetime import date, datetime, timedelta

from locations.models import Location, User
from scheduling.actions.drafts import change_exam, save_answers
from scheduling.actions.walk_ins import join_queue, start_walk_in
from scheduling.queries.walk_ins import wait_now, walk_in_exams
from scheduling.rules.actors import Actor

BY = Actor.process("make_demo")
# Name, date of birth, phone, order, minutes ago.
PEOPLE = (
    ("Maeve", "O’Brien", date(1961, 4, 9), "+15125550181", "received", 34),
    ("Arjun", "Patel", date(1994, 11, 23), "+15125550182", "office_sends", 19),
    ("Winona", "Begay", date(1978, 2, 2), "", "received", 3),
)


def make_queue(*, now: datetime) -> None:
    user = User.objects.order_by("pk").first()
    assert user is not None
    for location in Location.objects.filter(takes_walk_in_xray=True):
        if wait_now(location, now=now) is None:
            continue
        exams = list(walk_in_exams(location).filter(has_sides=True)[: len(PEOPLE)])
        for exam, (given, family, born, phone, order, ago) in zip(exams, PEOPLE, strict=True):
            came_at = now - timedelta(minutes=ago)
            draft = start_walk_in(
                exam=exam, laterality="left", location=location, user=user, language="en", now=came_at
            )
            answers = {"given_name": given, "family_name": family, "birth_date": born}
            answers |= {"phone": phone, "phone_as_typed": phone, "booking_for": "self"}
            save_answers(draft_id=draft.pk, answers=answers, now=came_at)
            change_exam(draft_id=draft.pk, answers={"order_status": order}, now=came_at, by=BY)
            join_queue(draft_id=draft.pk, user=user, now=came_at, by=BY)
