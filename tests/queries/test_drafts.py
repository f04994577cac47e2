import pytest

from scheduling.queries.drafts import promises_call
from tests.factories.journey import NOW
from tests.factories.scheduling import DraftFactory

pytestmark = pytest.mark.django_db


def test_nobody_promises_to_call_before_a_center_is_chosen():
    assert not promises_call(DraftFactory(location=None), now=NOW)


def test_who_is_not_sure_about_contrast_is_called_from_any_center():
    assert promises_call(DraftFactory(location=None, contrast_answer="not_sure"), now=NOW)
