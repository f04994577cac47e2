import pytest

from scheduling.templatetags.staff import flag_words
from tests.factories.screening import CT, MRI, XRAY, A, B


@pytest.mark.parametrize("version", [A, B, MRI, CT, XRAY], ids=lambda version: version.questionnaire)
def test_every_shipped_rule_has_words_for_the_desk(version):
    assert [rule.key for rule in version.rules if flag_words([rule.key]) == "Other question"] == []


def test_a_subject_is_said_once_and_no_answer():
    assert flag_words(["heart_device", "brain_clip", "lift"]) == "Device or implant, Help at the table"
    assert flag_words(["has_tuberculosis"]) == "Other question"
