import pytest
from django.urls import reverse
from django.utils import timezone

from locations.models import Assignment
from scheduling.models import PayerRule
from tests.factories.journey import NOW
from tests.factories.locations import AssignmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    client.force_login(AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=None).user)
    return client


def test_whatever_is_done_to_a_rule_the_visits_are_told_to_follow(administrator):
    """By the time that the last rule was changed: also when one is removed."""
    begun = timezone.now()
    kept, removed = (PayerRule.objects.create(payer=name, changed_at=NOW) for name in ("Aetna", "Cigna"))
    data = {"payer": "Aetna", "other_names": "", "modality": "MR", "exam": "", "lead_days": "4"}
    change = reverse("admin:scheduling_payerrule_change", args=[kept.pk])
    assert administrator.post(change, data).status_code == 302
    kept.refresh_from_db()
    assert (kept.is_needed, kept.lead_days, kept.changed_at >= begun) == (False, 4, True)
    PayerRule.objects.update(changed_at=NOW)
    remove = reverse("admin:scheduling_payerrule_delete", args=[removed.pk])
    assert administrator.post(remove, {"post": "yes"}).status_code == 302
    assert PayerRule.objects.get().changed_at >= begun


def test_other_names_need_an_insurer(administrator):
    data = {"payer": "", "other_names": "BCBS", "modality": "", "exam": "", "lead_days": "4"}
    answer = administrator.post(reverse("admin:scheduling_payerrule_add"), data)
    assert answer.status_code == 200
    assert "Other names need an insurer" in answer.content.decode()
