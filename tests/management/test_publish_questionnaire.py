import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from scheduling.models import Rule
from scheduling.queries.questionnaires import version_for
from scheduling.rules.screening import FormKind
from tests.factories.locations import LocationFactory
from tests.factories.safety import publish_safety
from tests.factories.screening import load_preset, publish_preset

pytestmark = pytest.mark.django_db


def run(*args):
    call_command("publish_questionnaire", *args)


def number_at(location, modality="MR"):
    spec = version_for(FormKind.RESPIRATORY, location, modality, timezone.now())
    return spec and spec.number


def test_a_center_chooses_its_rules():
    publish_preset("a")
    load_preset("b")
    here, elsewhere = LocationFactory(slug="riverside"), LocationFactory()

    run("respiratory", "2", "--location", "riverside", "--modality", "CT")

    assert (number_at(here, "CT"), number_at(here, "MR"), number_at(elsewhere, "CT")) == (2, 1, 1)


def test_a_form_is_switched_off():
    publish_preset("a")

    run("respiratory", "off")

    assert number_at(LocationFactory()) is None


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("flu", "1"), "There is no questionnaire 'flu'."),
        (("respiratory", "9"), "has no version '9'."),
        (("respiratory", "latest"), "has no version 'latest'."),
        (("respiratory", "1", "--location", "nowhere"), "There is no location 'nowhere'."),
    ],
)
def test_what_is_not_there_is_said(args, words):
    load_preset("a")

    with pytest.raises(CommandError, match=words):
        run(*args)


def test_a_form_about_another_kind_of_scan_is_refused():
    publish_safety()

    for number in ("1", "off"):
        with pytest.raises(CommandError, match="OTHER_MODALITY"):
            run("safety-mr", number, "--modality", "CT")


def test_faults_are_listed():
    version = load_preset("a")
    Rule.objects.filter(version=version, key="mild_signs").update(message_es="")

    with pytest.raises(CommandError, match=r"MISSING_TRANSLATION.*mild_signs"):
        run("respiratory", "1")
