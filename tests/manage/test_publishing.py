"""Publishing, withdrawing, rolling back, switching off; and what is said before anything is done."""

import datetime as dt
import re

import pytest

from locations.models import Location
from scheduling.actions import versions
from scheduling.actions.questionnaires import publish, switch_off
from scheduling.models import AskedAgain, Publication, Question, Version
from scheduling.queries.questionnaires import spec_of, version_for
from scheduling.queries.versions import Scope, visits_ahead
from scheduling.rules.screening import FormKind
from tests.factories.journey import NOW
from tests.factories.locations import ScannerFactory
from tests.factories.scheduling import AppointmentFactory, ExamFactory
from tests.manage.test_drafts import text

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
EVERYWHERE = {"location": "", "modality": "", "when": "now"}


@pytest.fixture
def ready(world):
    """The draft with 7 days, approved."""
    Version.objects.filter(pk=world.draft.pk).update(
        parameters={**world.draft.parameters, "deferral_days": 7}, approved_by="Dr. Osei"
    )
    world.draft.refresh_from_db()
    return world.draft


def spans(version):
    rows = Publication.objects.filter(version=version).order_by("active_during")
    return [(row.location, row.modality, row.active_during.lower, row.active_during.upper) for row in rows]


def test_it_says_what_changes_and_how_many_visits_it_is_about(world, url, ready):
    AppointmentFactory(scanner__location=world.here, starts_at=NOW + 3 * DAY)
    answer = world.client.get(url("publish", ready.pk), EVERYWHERE)
    shown = text(answer)
    assert answer.status_code == 200
    assert "1 booked visit from then on falls into it." in shown
    assert "2 things change against version 1" in shown
    assert "<del>10</del>" in answer.content.decode()
    assert "<ins>7</ins>" in answer.content.decode()
    assert not ready.is_published


def test_it_is_published_now(world, url, ready):
    answer = world.client.post(url("publish", ready.pk), {**EVERYWHERE, "revision": 0})
    assert (answer.status_code, answer["Location"]) == (303, url("questionnaires"))
    assert spans(ready) == [(None, "", NOW, None)]
    assert spans(world.in_force) == []  # it had begun at this very moment
    shown = text(world.client.get(url("questionnaires")))
    assert "Version 3 is published: All locations, from now on." in shown


def test_tomorrow_is_typed_on_the_clock_of_the_place(world, url, ready):
    """Midnight comes an hour earlier in New York."""
    fields = {"location": "midtown", "modality": "CT", "when": "later", "starts": "2026-12-01T00:00"}
    check = world.client.get(url("publish", ready.pk), fields)
    assert "Midtown, CT" in text(check)
    assert "from Tuesday, December 1, 2026, 12:00 am EST" in text(check)
    world.client.post(url("publish", ready.pk), {**fields, "revision": 0})
    assert spans(ready) == [(world.east, "CT", dt.datetime(2026, 12, 1, 5, tzinfo=dt.UTC), None)]
    shown = text(world.client.get(url("questionnaires")))
    assert "Planned" in shown
    assert "Tuesday, December 1, 2026, 12:00 am EST" in shown


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"when": ""}, "Choose when"),
        ({"when": "later", "starts": ""}, "Enter the day and time from which it is in force"),
        ({"when": "later", "starts": "tomorrow"}, "Enter a day and time, such as"),
        ({"when": "later", "starts": "2026-11-30T08:59"}, "That time is over"),
        ({"when": "later", "starts": "2027-03-14T02:30"}, "The clocks go forward that night"),
        ({"location": "nowhere"}, "Choose a location from the list"),
        ({"modality": "US"}, "Choose a kind of scan from the list"),
    ],
)
def test_a_wrong_place_or_time_is_told(world, url, ready, fields, words):
    for method in ("get", "post"):
        answer = getattr(world.client, method)(url("publish", ready.pk), {**EVERYWHERE, **fields})
        assert (answer.status_code, words in text(answer)) == (422, True)


def test_in_the_repeated_hour_the_first_showing_counts(world, url, ready):
    fields = {**EVERYWHERE, "when": "later", "starts": "2027-11-07T01:30"}
    assert "1:30 am CDT" in text(world.client.get(url("publish", ready.pk), fields))
    world.client.post(url("publish", ready.pk), {**fields, "revision": 0})
    assert spans(ready)[0][2] == dt.datetime(2027, 11, 7, 6, 30, tzinfo=dt.UTC)


def test_what_is_wrong_is_said_in_words_and_leads_to_its_page(world, url, ready):
    Question.objects.filter(version=ready, key="compan").update(text_es="")
    Question.objects.filter(version=ready, key="emerg").update(show_if={"q": "pos", "is": "yes"})
    Question.objects.create(
        version=ready, key="travel", position=99, kind="yes_no", text_en="Traveled?", text_es="¿Viajó?"
    )
    Version.objects.filter(pk=ready.pk).update(approved_by="")
    for answer in (
        world.client.get(url("publish", ready.pk)),
        world.client.get(url("publish", ready.pk), EVERYWHERE),
        world.client.post(url("publish", ready.pk), {**EVERYWHERE, "revision": 0}),
    ):
        shown = text(answer)
        assert "4 things to mend before it can be published" in shown
        assert "Question “Who comes with you” (compan): the Spanish words are missing." in shown
        assert "(emerg) is never shown: it waits for the answer to “pos”" in shown
        assert "(travel) leads to nothing" in shown
        assert "Nobody has written who approved it." in shown
        assert f'href="{url("question", ready.pk, "travel")}"' in answer.content.decode()
    assert answer.status_code == 409
    assert spans(ready) == []


def test_a_draft_that_changed_under_the_last_look_is_not_published(world, url, ready):
    versions.save_parameters(
        version_id=ready.pk, revision=0, parameters=world.draft.parameters, now=NOW, by=world.by
    )
    answer = world.client.post(url("publish", ready.pk), {**EVERYWHERE, "revision": 0})
    assert (answer.status_code, "It is not published." in text(answer)) == (409, True)
    assert spans(ready) == []
    again = {**EVERYWHERE, "revision": answer.context["revision"]}
    assert world.client.post(url("publish", ready.pk), again).status_code == 303


def test_planned_and_withdrawn(world, url, ready):
    publication = publish(version=ready, starts=NOW + DAY, now=NOW, by=world.by)
    page = world.client.get(url("end", publication.pk))
    assert "What is in force there now stays in force." in text(page)
    assert world.client.post(url("end", publication.pk)).status_code == 303
    assert spans(ready) == []
    assert [span[3] for span in spans(world.in_force)] == [None]
    assert world.client.get(url("end", publication.pk)).status_code == 404


def test_what_all_have_is_not_ended(world, url):
    publication = Publication.objects.get(version=world.in_force)
    answer = world.client.post(url("end", publication.pk))
    assert (answer.status_code, "Publish another version, or switch the form off." in text(answer)) == (
        409,
        True,
    )


def test_rolling_back_copies_the_old_version_into_one_that_can_be_published_at_once(world, url, ready):
    publish(version=ready, starts=NOW, now=NOW, by=world.by)
    answer = world.client.post(url("copy", world.in_force.pk), {"back": "1"})
    back = Version.objects.get(number=4, questionnaire=world.in_force.questionnaire)
    assert answer["Location"] == url("publish", back.pk)
    assert (back.change_note, back.approved_by) == ("Back to version 1", world.in_force.approved_by)
    assert world.client.post(url("publish", back.pk), {**EVERYWHERE, "revision": 0}).status_code == 303
    asked = version_for(FormKind.RESPIRATORY, None, "", NOW)
    assert (asked.number, asked.parameters["deferral_days"]) == (4, 10)


def test_a_published_version_is_put_in_force_somewhere_else(world, url):
    fields = {**EVERYWHERE, "location": "riverside"}
    assert "itself: it is in force there" in text(world.client.get(url("publish", world.in_force.pk), fields))
    assert world.client.post(url("publish", world.in_force.pk), fields).status_code == 303
    assert {span[0] for span in spans(world.in_force)} == {None, world.here}


def test_a_form_is_switched_off_somewhere(world, url):
    key = world.in_force.questionnaire.key
    answer = world.client.post(
        url("switch-off", key), {"location": "riverside", "modality": "", "when": "now"}
    )
    assert answer.status_code == 303
    assert version_for(FormKind.RESPIRATORY, world.here, "MR", NOW) is None
    shown = text(world.client.get(url("questionnaires")))
    assert "Switched off: Riverside, from now on." in shown
    assert world.client.get(url("switch-off", "nothing")).status_code == 404
    assert "These are safety questions" in text(world.client.get(url("switch-off", "safety-mri")))


def test_a_safety_form_is_published_for_its_own_kind_of_scan(world, url):
    page = world.client.get(url("publish", world.mri.pk))
    assert "modality" not in page.context["form"].fields
    fields = {"location": "midtown", "when": "now"}
    assert world.client.post(url("publish", world.mri.pk), fields).status_code == 303
    assert (world.east, "MR", NOW, None) in spans(world.mri)


def visit(place: Location, modality: str, days: int = 3):
    return AppointmentFactory(
        scanner=ScannerFactory(location=place, modality=modality),
        exam=ExamFactory(modality=modality),
        starts_at=NOW + days * DAY,
    )


def test_visits_that_something_narrower_covers_are_not_counted(world):
    about = world.in_force.questionnaire
    for place, modality in ((world.here, "MR"), (world.here, "CT"), (world.east, "CT"), (world.east, "XR")):
        visit(place, modality)
    visit(world.here, "MR", days=-1)
    switch_off(questionnaire=about, location=world.here, modality="CT", starts=NOW, now=NOW, by=world.by)

    def count(starts=NOW, **scope):
        return visits_ahead(about, Scope(**scope), starts=starts, now=NOW)

    assert count() == 3
    assert (count(location=world.here), count(location=world.here, modality="CT")) == (1, 1)
    assert (count(modality="CT"), count(starts=NOW + 4 * DAY)) == (1, 0)
    assert visits_ahead(world.mri.questionnaire, Scope(), starts=NOW, now=NOW) == 1
    Location.objects.filter(pk=world.east.pk).update(screening_on=False)
    assert count() == 1


def test_two_versions_side_by_side(world, url):
    page = world.client.get(url("compare", world.community.pk))
    assert "Versions 1 and 2" in text(page)
    assert "Words that only one of them has are struck or underlined ." in text(page)
    other = world.client.get(url("compare", world.draft.pk), {"with": "2"})
    assert re.search(r"New|Gone", text(other))
    assert world.client.get(url("compare", world.draft.pk), {"with": "77"}).status_code == 404
    assert world.client.get(url("compare", world.mri.pk)).status_code == 303
    same = versions.start_draft(version_id=world.in_force.pk, as_it_was=True, now=NOW, by=world.by)
    Version.objects.filter(pk=same.pk).update(change_note=world.in_force.change_note)
    assert "Nothing is different" in text(world.client.get(url("compare", same.pk), {"with": "1"}))
    assert spec_of(same).rules == spec_of(world.in_force).rules


def policy(world, **chosen):
    page = world.client.get("/manage/questionnaires/policy/")
    fields = {bound.html_name: bound.value() for bound in page.context["form"]}
    return world.client.post("/manage/questionnaires/policy/", {**fields, **chosen})


def test_what_is_still_open_is_said_until_it_is_decided(world, url):
    shown = text(world.client.get(url("questionnaires")))
    assert "5 things are still open" in shown
    assert "Nobody has chosen the respiratory rules of your centers yet." in shown
    assert policy(world).status_code == 303  # the starter set is confirmed
    for version in Version.objects.filter(published_at__isnull=False):
        copy = versions.start_draft(version_id=version.pk, now=NOW, by=world.by)
        Version.objects.filter(pk=copy.pk).update(approved_by="Dr. Osei")
        publish(version=copy, starts=NOW, now=NOW, by=world.by)
    assert "All is decided" in text(world.client.get(url("questionnaires")))


def test_each_center_has_its_own_policy(world):
    choice = {f"place-{world.here.pk}": str(world.community.pk), f"place-{world.east.pk}": "off"}
    assert policy(world, **choice).status_code == 303
    for place, number in ((None, 1), (world.here, 2), (world.east, None)):
        found = version_for(FormKind.RESPIRATORY, place, "MR", NOW)
        assert (found.number if found else None) == number
    before = Publication.objects.count()
    assert policy(world).status_code == 303
    assert Publication.objects.count() == before
    assert policy(world, **{f"place-{world.here.pk}": "as-all"}).status_code == 303
    assert version_for(FormKind.RESPIRATORY, world.here, "MR", NOW).number == 1


def test_rules_with_faults_are_not_chosen(world):
    Question.objects.filter(version=world.community, key="pos").update(text_es="")
    answer = policy(world, all=str(world.community.pk))
    assert (answer.status_code, "The rules you chose have faults" in text(answer)) == (409, True)
    assert version_for(FormKind.RESPIRATORY, None, "MR", NOW).number == 1
    assert policy(world, all="999999").status_code == 422


def test_a_center_without_any_questionnaire_is_told_how_to_begin(client, world):
    Publication.objects.all().delete()
    world.client.get("/manage/questionnaires/policy/")
    assert "Nothing is in force: patients are not asked." in text(world.client.get("/manage/questionnaires/"))
    assert policy(world, all="").status_code == 422
    assert policy(world, all=str(world.in_force.pk)).status_code == 303


def test_everyone_is_asked_again_if_that_is_wanted(world, url, ready):
    check = world.client.get(url("publish", ready.pk), EVERYWHERE)
    assert 'name="asks_again_from" value="2026-11-30"' in check.content.decode()
    fields = {**EVERYWHERE, "revision": 0, "asks_again": "on", "asks_again_from": "2026-12-02"}
    world.client.post(url("publish", ready.pk), fields)
    publication = Publication.objects.get(version=ready)
    assert publication.asks_again_from == dt.date(2026, 12, 2)
    listed = text(world.client.get(url("questionnaires")))
    assert "Asks again visits from Wed, Dec 2" in listed
    assert "More are being asked." in listed


def test_off_is_the_default(world, url, ready):
    fields = {**EVERYWHERE, "revision": 0, "asks_again_from": "nonsense"}
    assert world.client.post(url("publish", ready.pk), fields).status_code == 303
    assert Publication.objects.get(version=ready).asks_again_from is None


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "Enter the first day of the visits that are asked again"),
        ("soon", "Enter a day, such as 2026-12-31"),
        ("2026-11-29", "That is before the version comes into force"),
    ],
)
def test_a_first_day_that_cannot_be(world, url, ready, day, words):
    fields = {**EVERYWHERE, "revision": 0, "asks_again": "on", "asks_again_from": day}
    answer = world.client.post(url("publish", ready.pk), fields)
    assert (answer.status_code, words in text(answer)) == (422, True)
    assert not Version.objects.get(pk=ready.pk).is_published


def test_progress_is_told(world, url, ready):
    publish(version=ready, starts=NOW, asks_again_from=NOW.date(), now=NOW, by=world.by)
    publication = Publication.objects.get(version=ready)
    for by_email in (True, False):
        visit = AppointmentFactory(scanner__location=world.here, starts_at=NOW + 2 * DAY)
        AskedAgain.objects.create(publication=publication, appointment=visit, by_email=by_email, asked_at=NOW)
    Publication.objects.filter(pk=publication.pk).update(all_asked_at=NOW)
    page = world.client.get(url("version", ready.pk))
    assert "0 of 2 have answered" in text(page)
    assert "1 has no email: the desk calls." in text(page)
    assert "All were asked." in text(page)
    assert '<progress max="2" value="0">' in page.content.decode()
