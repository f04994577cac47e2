import pytest
from django.contrib.auth.models import AnonymousUser

from scheduling.queries.permissions import role_permissions
from tests.factories.locations import UserFactory


def test_a_visitor_has_no_role():
    assert role_permissions(AnonymousUser()) == frozenset()


@pytest.mark.django_db
def test_someone_without_an_assignment_or_who_has_left_may_nothing():
    assert role_permissions(UserFactory()) == frozenset()
    assert role_permissions(UserFactory(is_active=False)) == frozenset()
