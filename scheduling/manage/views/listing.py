"""All questionnaires: what is in force where, drafts, plans; and the choices a first administrator makes."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from scheduling.actions.questionnaires import choose_policy
from scheduling.exceptions import NotPublishable
from scheduling.manage.forms.policy import PolicyForm
from scheduling.manage.listing_page import questionnaire_cards
from scheduling.manage.policy_page import still_open
from scheduling.manage.views.base import ManageView
from scheduling.queries.policy import policy_of
from scheduling.queries.versions import overviews


class Questionnaires(ManageView):
    template_name = "manage/questionnaires.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = overviews(now=self.now)
        return self.page(
            cards=questionnaire_cards(rows, now=self.now), still_open=still_open(rows, now=self.now)
        )


class Policy(ManageView):
    """“Choose your policy”: the respiratory rules of each center, or none."""

    template_name = "manage/policy.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        policy = policy_of(now=self.now)
        form = PolicyForm(policy=policy)
        return self._page(form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PolicyForm(request.POST, policy=policy_of(now=self.now))
        if not form.is_valid():
            return self._page(form, 422)
        try:
            choose_policy(choices=form.choices, now=self.now, by=self.by)
        except NotPublishable:
            form.add_error(None, _("The rules you chose have faults. Open that version to see them."))
            return self._page(form, 409)
        return self.done(_("Your choice is in force."), reverse("manage:policy"))

    def _page(self, form: PolicyForm, status: int = 200) -> HttpResponse:
        rows = overviews(now=self.now)
        return self.page(status, form=form, still_open=still_open(rows, now=self.now))
