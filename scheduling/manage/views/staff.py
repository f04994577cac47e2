"""Who works here: the list, inviting, and one person with their roles."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.models import User
from scheduling.actions import staff_access
from scheduling.exceptions import AccessTaken, LastAdministrator, OwnAccess
from scheduling.forms.words import Words
from scheduling.manage.forms.staff import InviteForm, RoleForm
from scheduling.manage.staff_page import NOBODY, TABS, person_context, row_of
from scheduling.manage.views.catalogue_base import OfferingsView
from scheduling.queries.staff_admin import (
    AT_ONCE,
    Scope,
    State,
    counts_of,
    may_administer_staff,
    people_of,
    person_of,
    role_of,
    scope_of,
)
from scheduling.see_other import SeeOther

LONGEST_SEARCH = 100


class StaffView(OfferingsView):
    """For administrators, about people of their own locations."""

    def may_open(self, user: User) -> bool:
        return may_administer_staff(user)

    @cached_property
    def scope(self) -> Scope:
        return scope_of(self.request.user)


class StaffList(StaffView):
    """What is searched for is a name, so it stands in no address."""

    template_name = "manage/staff/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        state = request.GET.get("state", "")
        return self.show(State(state) if state in set(State) else None, page=request.GET.get("page", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.show(typed=request.POST.get("q", "")[:LONGEST_SEARCH].replace("\0", "").strip())

    def show(self, state: State | None = None, *, typed: str = "", page: str = "") -> HttpResponse:
        people = Paginator(people_of(self.scope, state, typed), AT_ONCE).get_page(page)
        counts = counts_of(self.scope)
        return self.page(
            rows=[row_of(person, self.scope, now=self.now) for person in people],
            people=people,
            tabs=[(key, words, getattr(counts, key)) for key, words in TABS],
            state=state.value if state else "",
            nobody=NOBODY[state.value] if state else None,
            typed=typed,
        )


class Invite(StaffView):
    template_name = "manage/staff/invite.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=InviteForm(scope=self.scope))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InviteForm(request.POST, scope=self.scope)
        if not form.is_valid():
            return self.page(422, form=form)
        email, role = form.cleaned_data["email"], form.cleaned_data["role"]
        try:
            done = staff_access.invite(email=email, role=role, places=form.chosen, now=self.now, by=self.by)
        except AccessTaken as refusal:
            form.add_error("email", str(refusal))
            return self.page(422, form=form)
        return self.done(_invited(done), reverse("manage:person", args=[done.person.pk]))


def _invited(done: staff_access.Invited) -> str:
    if done.is_new:
        return _("Invited. The mail with the link is on its way.")
    if done.added:
        return _("This person has an account already, so no mail was sent. The role is added.")
    return _("This person has an account and this role already. Nothing was changed.")


class PersonView(StaffView):
    @cached_property
    def person(self) -> User:
        return person_of(self.scope, self.kwargs["user_id"])

    @property
    def url(self) -> str:
        return reverse("manage:person", args=[self.kwargs["user_id"]])

    def page(self, status: int = 200, *, template: str = "", **context: Any) -> HttpResponse:
        about = person_context(self.person, self.request.user, self.scope, now=self.now)
        return super().page(status, template=template, **{**about, **context})


class PersonPage(PersonView):
    template_name = "manage/staff/person.html"

    def get(self, request: HttpRequest, user_id: int) -> HttpResponse:
        return self.page(form=self.form())

    def form(self, data: Any = None) -> RoleForm:
        url = reverse("manage:person-add-role", args=[self.person.pk])
        return RoleForm(data, scope=self.scope, action=url)


class AddRole(PersonPage):
    def get(self, request: HttpRequest, user_id: int) -> HttpResponse:
        return SeeOther(self.url)

    def post(self, request: HttpRequest, user_id: int) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(422, form=form)
        role, places = form.cleaned_data["role"], form.chosen
        count = staff_access.add_roles(
            person_id=self.person.pk, role=role, places=places, now=self.now, by=self.by
        )
        words = ngettext("%(count)s role is added.", "%(count)s roles are added.", count)
        said = words % {"count": count} if count else _("They had this role there already.")
        return self.done(said, self.url)


class ConfirmView(PersonView):
    """Says first what will happen. What must not be done is told where the button was."""

    said: Words = ""

    def write(self) -> None:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            self.write()
        except (OwnAccess, LastAdministrator) as refusal:
            return self.page(409, refusal=refusal)
        is_theirs = people_of(self.scope).filter(pk=self.kwargs["user_id"]).exists()
        return self.done(self.said, self.url if is_theirs else reverse("manage:staff"))


class RemoveRole(ConfirmView):
    template_name = "manage/staff/remove_role.html"

    def page(self, status: int = 200, *, template: str = "", **context: Any) -> HttpResponse:
        held = role_of(self.scope, self.person, self.kwargs["assignment_id"])
        return super().page(status, template=template, **{"assignment": held, **context})

    def write(self) -> None:
        held = role_of(self.scope, self.person, self.kwargs["assignment_id"])
        self.said = _("The role is taken away, and %(who)s is signed out everywhere.") % {"who": self.person}
        staff_access.remove_role(person_id=self.person.pk, assignment_id=held.pk, now=self.now, by=self.by)
