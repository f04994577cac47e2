"""One account: its name and email, its invitation, its access and its second factor."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from locations.models import User
from scheduling.actions import staff_access
from scheduling.exceptions import EmailTaken
from scheduling.manage.forms.staff import AccountForm
from scheduling.manage.views.staff import ConfirmView, PersonView
from scheduling.queries.staff_admin import State, person_of, state_of
from scheduling.see_other import SeeOther


class AccountView(PersonView):
    """Only of who works nowhere else: the account opens everything that its person may do."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User) and self.may_open(request.user):
            person = person_of(self.scope, kwargs["user_id"])
            if not self.scope.owns(person, person.assignments.all()):
                raise Http404
        return super().dispatch(request, *args, **kwargs)


class EditAccount(AccountView):
    template_name = "manage/staff/account.html"

    def get(self, request: HttpRequest, user_id: int) -> HttpResponse:
        return self.page(form=AccountForm(person=self.person))

    def post(self, request: HttpRequest, user_id: int) -> HttpResponse:
        form = AccountForm(request.POST, person=self.person)
        if not form.is_valid():
            return self.page(422, form=form)
        try:
            is_changed = staff_access.change_account(
                person_id=self.person.pk, **form.cleaned_data, now=self.now, by=self.by
            )
        except EmailTaken as refusal:
            form.add_error("email", str(refusal))
            return self.page(422, form=form)
        return self.done(_("Saved.") if is_changed else _("Nothing was changed."), self.url)


class InviteAgain(AccountView):
    def get(self, request: HttpRequest, user_id: int) -> HttpResponse:
        return SeeOther(self.url)

    def post(self, request: HttpRequest, user_id: int) -> HttpResponse:
        if state_of(self.person) is not State.INVITED:
            return self.done(_("This person has joined already."), self.url)
        staff_access.invite_again(person_id=self.person.pk, now=self.now, by=self.by)
        return self.done(
            _("The invitation is on its way again. The old link opens nothing any more."), self.url
        )


class EndAccess(ConfirmView, AccountView):
    template_name = "manage/staff/end_access.html"

    def write(self) -> None:
        self.said = _("%(who)s has no access any more.") % {"who": self.person}
        staff_access.end_access(person_id=self.person.pk, now=self.now, by=self.by)


class GiveAccess(AccountView):
    def get(self, request: HttpRequest, user_id: int) -> HttpResponse:
        return SeeOther(self.url)

    def post(self, request: HttpRequest, user_id: int) -> HttpResponse:
        staff_access.give_access(person_id=self.person.pk, now=self.now, by=self.by)
        words = _("Access is given back, and the invitation is on its way again.")
        return self.done(words if self.person.is_invited else _("Access is given back."), self.url)


class ResetFactor(ConfirmView, AccountView):
    template_name = "manage/staff/reset_factor.html"

    def write(self) -> None:
        self.said = _(
            "Their second factor is removed. A mail tells them, and the next sign-in sets up another."
        )
        staff_access.reset_factor(person_id=self.person.pk, now=self.now, by=self.by)
