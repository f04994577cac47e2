"""The screens about staff: who sees whom, what each act says, and that nothing happens by looking."""

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from locations.models import Assignment, User
from scheduling.models import AuditEvent, Message, StaffLink
from tests.actions.test_staff_access import is_open, signed_in
from tests.factories.journey import NOW
from tests.factories.locations import AssignmentFactory, LocationFactory, UserFactory
from tests.factories.staff import StaffLinkFactory

pytestmark = pytest.mark.django_db
Role = Assignment.Role


def url(name, *args):
    return reverse(f"manage:{name}", args=args)


@pytest.fixture
def staff(client, time_machine):
    """Ruth is administrator of all locations and signed in; Dana works at the desk of Riverside."""
    time_machine.move_to(NOW, tick=False)
    here = LocationFactory(name="Riverside", slug="riverside")
    ruth = person("Ruth", "Feldman", role=Role.ADMINISTRATOR, location=None)
    dana = person("Dana", "Okafor", location=here)
    client.force_login(ruth)
    return SimpleNamespace(client=client, here=here, ruth=ruth, dana=dana)


def person(first, last, *, is_invited=False, is_active=True, **role):
    names = {"first_name": first, "last_name": last, "email": f"{first}@alliance.example".lower()}
    user = UserFactory(**names, is_invited=is_invited, is_active=is_active)
    AssignmentFactory(user=user, **{"role": Role.FRONT_DESK, **role})
    return user


def be_local(staff):
    """The administrator of Riverside only."""
    local = person("Lena", "Local", role=Role.ADMINISTRATOR, location=staff.here)
    staff.client.force_login(local)
    return local


def shown(answer):
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def names_in(answer):
    return re.findall(r'href="/manage/staff/\d+/">([^<]+)</a>', answer.content.decode())


def test_the_list_says_roles_last_sign_in_second_factor_and_access(staff):
    AssignmentFactory(user=staff.dana, location=LocationFactory(name="Tempe"), role=Role.FRONT_DESK)
    AssignmentFactory(user=staff.dana, location=staff.here, role=Role.TECHNOLOGIST)
    User.objects.filter(pk=staff.dana.pk).update(last_login=NOW - dt.timedelta(days=1))
    Authenticator.objects.create(user=staff.dana, type="totp", data={})
    StaffLinkFactory(user=person("New", "", is_invited=True), made_at=NOW)
    StaffLinkFactory(user=person("Late", "", is_invited=True), made_at=NOW - dt.timedelta(days=4))
    person("Gone", "", is_active=False)
    text = shown(staff.client.get(url("staff")))
    assert "Front desk , Riverside, Tempe Technologist , Riverside" in text
    assert "Administrator , every location" in text
    assert "Sun, Nov 29, 9:00 am set up Active" in text
    assert "never none Invited link works until Thu, Dec 3" in text
    assert "Invitation too old" in text
    assert "Taken away" in text


def test_the_list_is_searched_by_name_and_email_and_split_by_state(staff):
    person("Gone", "Bye", is_active=False)
    person("New", "Come", is_invited=True)
    everybody = ["Gone Bye", "New Come", "Ruth Feldman", "Dana Okafor"]
    assert names_in(staff.client.get(url("staff"))) == everybody
    assert names_in(staff.client.get(url("staff"), {"state": "active"})) == everybody[2:]
    assert names_in(staff.client.get(url("staff"), {"state": "invited"})) == ["New Come"]
    assert names_in(staff.client.get(url("staff"), {"state": "ended"})) == ["Gone Bye"]
    assert names_in(staff.client.get(url("staff"), {"state": "made up"})) == everybody
    for typed in ("okaf", " dana  OKAFOR ", "dana@"):
        assert names_in(staff.client.post(url("staff"), {"q": typed})) == ["Dana Okafor"]
    answer = staff.client.post(url("staff"), {"q": "nobody\0 <b>"})
    assert "Nobody is called that" in shown(answer)
    assert "<b>" not in answer.content.decode()


def test_empty_states_say_who_would_be_there(staff):
    assert "Nobody is invited right now" in shown(staff.client.get(url("staff"), {"state": "invited"}))
    assert "Nobody’s access was taken away" in shown(staff.client.get(url("staff"), {"state": "ended"}))


def test_the_list_takes_the_same_queries_for_1_and_50_people_and_has_pages(staff):
    with CaptureQueriesContext(connection) as few:
        staff.client.get(url("staff"))
    for number in range(60):
        person(f"P{number:02}", "Aa")
    with CaptureQueriesContext(connection) as many:
        first = staff.client.get(url("staff"))
    assert len(many) == len(few)
    assert len(names_in(first)) == 50
    assert len(names_in(staff.client.get(url("staff"), {"page": "2"}))) == 12
    assert len(names_in(staff.client.get(url("staff"), {"page": "x"}))) == 50


def test_an_administrator_of_one_location_sees_its_people_and_their_roles_there(staff):
    be_local(staff)
    elsewhere = LocationFactory(name="Tempe")
    person("Marisol", "Vega", location=elsewhere)
    AssignmentFactory(user=staff.dana, location=elsewhere, role=Role.AUDITOR)
    answer = staff.client.get(url("staff"))
    assert names_in(answer) == ["Lena Local", "Dana Okafor"]
    assert "Tempe" not in answer.content.decode()
    assert "Roles at other locations, too" in shown(answer)
    assert names_in(staff.client.post(url("staff"), {"q": "vega"})) == []
    page = staff.client.get(url("person", staff.dana.pk))
    assert "auditor" not in shown(page).partition("Add a role")[0].lower()
    assert "Change name or email" not in shown(page)
    assert 'value="all"' not in page.content.decode()


FOREIGN = ["person", "person-account", "person-add-role", "person-invite", "person-end", "person-give"]


@pytest.mark.parametrize("name", [*FOREIGN, "person-factor"])
def test_somebody_elsewhere_and_nobody_look_alike(staff, name):
    be_local(staff)
    other = person("Marisol", "Vega", location=LocationFactory())
    role = {"role": "auditor", "places": staff.here.pk}
    bodies = set()
    for pk in (other.pk, 10**9):
        answers = [staff.client.get(url(name, pk)), staff.client.post(url(name, pk), role)]
        reads = [answer for answer in answers if answer.status_code not in (303, 405)]
        assert [answer.status_code for answer in reads] == [404] * len(reads)
        bodies |= {answer.content for answer in reads}
    assert len(bodies) == 1
    other.refresh_from_db()
    assert (other.is_active, other.assignments.count()) == (True, 1)


def test_the_account_of_who_also_works_elsewhere_is_not_theirs(staff):
    be_local(staff)
    AssignmentFactory(user=staff.dana, role=Role.AUDITOR)
    for name in ("person-account", "person-end", "person-factor"):
        assert staff.client.get(url(name, staff.dana.pk)).status_code == 404
        assert staff.client.post(url(name, staff.dana.pk)).status_code == 404
    assert staff.client.get(url("person", staff.dana.pk)).status_code == 200


def test_inviting_somebody_new_leads_to_their_page(staff):
    form = {"email": "New@Alliance.example", "role": "technologist", "places": [staff.here.pk]}
    answer = staff.client.post(url("staff-invite"), form, follow=True)
    new = User.objects.get(email="new@alliance.example")
    assert answer.redirect_chain == [(url("person", new.pk), 303)]
    text = shown(answer)
    assert "Invited. The mail with the link is on its way." in text
    assert "Technologist , Riverside" in text
    assert "The mail leaves in a moment." in text
    assert "They say it when they join" in text


def test_inviting_who_has_an_account_says_so(staff):
    form = {"email": staff.dana.email, "role": "auditor", "places": ["all"]}
    said = shown(staff.client.post(url("staff-invite"), form, follow=True))
    assert "This person has an account already, so no mail was sent. The role is added." in said
    assert User.objects.count() == 2
    said = shown(staff.client.post(url("staff-invite"), form, follow=True))
    assert "this role already. Nothing was changed." in said


def test_inviting_who_was_sent_away_says_what_to_do(staff):
    person("Gone", "", is_active=False)
    form = {"email": "gone@alliance.example", "role": "auditor", "places": ["all"]}
    answer = staff.client.post(url("staff-invite"), form)
    assert answer.status_code == 422
    assert "access was taken away. Give it back first." in answer.content.decode()


def test_a_form_without_anything_says_what_is_missing(staff):
    page = staff.client.post(url("staff-invite"), {}).content.decode()
    for words in ("Enter an email like name@example.com", "Choose a role", "Choose at least one location"):
        assert words in page
    answer = staff.client.post(
        url("person-add-role", staff.dana.pk), {"role": "king", "places": ["7", "all"]}
    )
    assert answer.status_code == 422
    for words in ("Choose a role from the list", "Choose locations from the list"):
        assert words in answer.content.decode()


def test_a_place_that_is_not_theirs_is_not_in_the_form(staff):
    be_local(staff)
    elsewhere = LocationFactory()
    for places in ([elsewhere.pk], ["all"], [staff.here.pk, elsewhere.pk]):
        form = {"email": "new@alliance.example", "role": "auditor", "places": places}
        assert staff.client.post(url("staff-invite"), form).status_code == 422
    assert not User.objects.filter(email="new@alliance.example").exists()


def test_the_only_location_is_chosen_already(staff):
    be_local(staff)
    page = staff.client.get(url("staff-invite")).content.decode()
    assert re.search(rf'<input type="checkbox" name="places" value="{staff.here.pk}"[^>]* checked', page)


def test_every_location_stands_for_all_of_them(staff):
    form = {"role": "auditor", "places": ["all", staff.here.pk]}
    said = shown(staff.client.post(url("person-add-role", staff.dana.pk), form, follow=True))
    assert "1 role is added." in said
    assert staff.dana.assignments.get(role="auditor").location is None
    said = shown(staff.client.post(url("person-add-role", staff.dana.pk), form, follow=True))
    assert "They had this role there already." in said


def test_looking_at_a_question_changes_nothing_and_says_what_will_happen(staff):
    signed_in(staff.dana)
    held = staff.dana.assignments.get()
    UserSession.objects.update(last_seen_at=NOW)
    pages = {
        url("person-end", staff.dana.pk): "They are signed in once: it ends now, at the next click.",
        url("person-factor", staff.dana.pk): "speak with them in person",
        url("person-remove-role", staff.dana.pk, held.pk): "They are signed in once: it ends now",
    }
    for address, words in pages.items():
        assert words in shown(staff.client.get(address))
    assert not AuditEvent.objects.exists()


def test_taking_access_away_and_giving_it_back(staff):
    key = signed_in(staff.dana)
    said = shown(staff.client.post(url("person-end", staff.dana.pk), follow=True))
    assert "Dana Okafor has no access any more." in said
    assert "Give access back" in said
    assert not is_open(key)
    said = shown(staff.client.post(url("person-give", staff.dana.pk), follow=True))
    assert "Access is given back." in said
    assert "Take access away" in said


def test_an_invitation_is_sent_again_withdrawn_and_given_again(staff):
    new = person("New", "", is_invited=True)
    said = shown(staff.client.post(url("person-invite", new.pk), follow=True))
    assert "The old link opens nothing any more." in said
    assert "Withdraw the invitation of New?" in shown(staff.client.get(url("person-end", new.pk)))
    staff.client.post(url("person-end", new.pk))
    assert not StaffLink.objects.filter(withdrawn_at=None).exists()
    said = shown(staff.client.post(url("person-give", new.pk), follow=True))
    assert "the invitation is on its way again" in said
    said = shown(staff.client.post(url("person-invite", staff.dana.pk), follow=True))
    assert "This person has joined already." in said


def test_a_mail_that_arrived_nowhere_is_told(staff):
    new = person("New", "", is_invited=True)
    staff.client.post(url("person-invite", new.pk))
    Message.objects.update(status="failed", outcome="SMTP 550")
    assert "The mail could not be delivered." in shown(staff.client.get(url("person", new.pk)))


def test_who_leaves_the_last_role_here_leaves_the_list(staff):
    be_local(staff)
    held = staff.dana.assignments.get()
    answer = staff.client.post(url("person-remove-role", staff.dana.pk, held.pk), follow=True)
    assert answer.redirect_chain == [(url("staff"), 303)]
    assert "The role is taken away, and Dana Okafor is signed out everywhere." in shown(answer)


def test_ones_own_page_offers_no_way_to_lock_oneself_out(staff):
    text = shown(staff.client.get(url("person", staff.ruth.pk)))
    assert "Another administrator can take this from you." in text
    assert "Take access away" not in text
    held = staff.ruth.assignments.get()
    for address in (
        url("person-end", staff.ruth.pk),
        url("person-factor", staff.ruth.pk),
        url("person-remove-role", staff.ruth.pk, held.pk),
    ):
        answer = staff.client.post(address)
        assert answer.status_code == 409
        assert "You can’t take this away from yourself." in answer.content.decode()
    assert not AuditEvent.objects.exists()


def test_the_last_administrator_of_all_is_told_apart(staff):
    local = be_local(staff)
    AssignmentFactory(user=staff.ruth, location=staff.here, role=Role.AUDITOR)
    held = local.assignments.get()
    staff.client.force_login(person("Root", "", role=Role.ADMINISTRATOR, location=None))
    assert staff.client.post(url("person-remove-role", local.pk, held.pk)).status_code == 303
    User.objects.filter(first_name="Root").update(is_invited=True)  # as somebody who has not joined
    answer = staff.client.post(url("person-end", staff.ruth.pk))
    assert answer.status_code == 409
    assert "This is the last administrator of the site." in answer.content.decode()


def test_name_and_email_are_changed_and_a_taken_email_is_told(staff):
    form = {"first_name": "Dana", "last_name": "Ng", "email": "ng@alliance.example"}
    said = shown(staff.client.post(url("person-account", staff.dana.pk), form, follow=True))
    assert "Saved." in said
    assert "ng@alliance.example" in said
    said = shown(staff.client.post(url("person-account", staff.dana.pk), form, follow=True))
    assert "Nothing was changed." in said
    answer = staff.client.post(url("person-account", staff.dana.pk), {**form, "email": staff.ruth.email})
    assert answer.status_code == 422
    assert "Somebody else signs in with this email." in answer.content.decode()
    answer = staff.client.post(url("person-account", staff.dana.pk), {**form, "first_name": ""})
    assert answer.status_code == 422
    assert "Enter the first name" in answer.content.decode()


def test_no_address_and_no_title_names_anybody(staff):
    for address in (url("staff"), url("person", staff.dana.pk), url("person-end", staff.dana.pk)):
        page = staff.client.get(address).content.decode()
        assert "Okafor" in page
        assert "Okafor" not in page.partition("<title>")[2].partition("</title>")[0]


def test_the_place_in_the_menu_is_for_administrators(staff):
    assert '<a href="/manage/staff/" aria-current="page">' in staff.client.get(url("staff")).content.decode()
    staff.client.force_login(staff.dana)
    for address in (url("staff"), url("staff-invite"), url("person", staff.dana.pk)):
        assert staff.client.get(address).status_code == 403
