"""The shipped rule sets as values and as rows, and unsurprising rows around them."""

import datetime as dt
import tomllib
from datetime import date
from pathlib import Path

import factory
from factory.django import DjangoModelFactory

from scheduling.actions.questionnaires import publish, save_version
from scheduling.models import AnswerSheet, Question, Questionnaire, Rule, Screening, Version
from scheduling.rules.actors import Actor
from scheduling.rules.screening import Circumstances, VersionSpec
from scheduling.rules.screening_data import version_from_data
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory, FullDraftFactory

PRESETS = Path(__file__).parents[2] / "scheduling" / "presets"
REVIEWED_ON = date(2026, 11, 20)
TODAY = date(2026, 12, 1)  # the Tuesday on which the rules' tests are answered


def preset(name: str) -> VersionSpec:
    """By the letter of a respiratory rule set, or by the scan that a safety form is about."""
    return version_from_data(preset_data(name))


def preset_data(name: str) -> dict:
    kind = "respiratory" if len(name) == 1 else "safety"
    return tomllib.loads((PRESETS / f"{kind}_{name}.toml").read_text())


A, B = preset("a"), preset("b")
MRI, CT, XRAY = preset("mri"), preset("ct"), preset("xray")


def circumstances(*, visit_on: date = TODAY, tags: frozenset = frozenset(), has_order: bool = True, **who):
    """Answered today for a visit today, with an order."""
    return Circumstances(answered_on=TODAY, visit_on=visit_on, tags=tags, has_order=has_order, **who)


class QuestionnaireFactory(DjangoModelFactory):
    class Meta:
        model = Questionnaire

    key = factory.Sequence(lambda n: f"respiratory-{n}")
    kind = Questionnaire.Kind.RESPIRATORY
    name = "Respiratory illness"


class VersionFactory(DjangoModelFactory):
    """A draft without questions."""

    class Meta:
        model = Version

    questionnaire = factory.SubFactory(QuestionnaireFactory)
    number = 1
    approved_by = "Dr. Osei"
    reviewed_on = REVIEWED_ON


class QuestionFactory(DjangoModelFactory):
    class Meta:
        model = Question

    version = factory.SubFactory(VersionFactory)
    key = factory.Sequence(lambda n: f"question-{n}")
    position = factory.Sequence(lambda n: n)
    kind = Question.Kind.YES_NO
    text_en = "Do you have a cough?"
    text_es = "¿Tiene tos?"


class RuleFactory(DjangoModelFactory):
    class Meta:
        model = Rule

    version = factory.SubFactory(VersionFactory)
    key = factory.Sequence(lambda n: f"rule-{n}")
    position = factory.Sequence(lambda n: n)
    condition = factory.LazyFunction(dict)
    disposition = "mask"
    message_en = "Please wear a mask."
    message_es = "Use una mascarilla."


class ScreeningFactory(DjangoModelFactory):
    """Nothing to report, answered by the patient for a booked visit, to a published version."""

    class Meta:
        model = Screening

    version = factory.SubFactory(VersionFactory, published_at=BOOKED_AT)
    appointment = factory.SubFactory(AppointmentFactory)
    language = "en"
    shown = factory.LazyFunction(lambda: {"questions": [], "messages": []})
    answers = factory.LazyFunction(dict)
    disposition = "ok"
    answered_by = Screening.AnsweredBy.PATIENT
    answered_at = BOOKED_AT


class AnswerSheetFactory(DjangoModelFactory):
    """Begun while booking, in English; nothing is answered yet."""

    class Meta:
        model = AnswerSheet

    kind = factory.LazyAttribute(lambda sheet: sheet.version.questionnaire.kind)
    draft = factory.SubFactory(FullDraftFactory)
    version = factory.SubFactory(VersionFactory, published_at=BOOKED_AT)
    answers = factory.LazyFunction(dict)
    language = "en"


def load_preset(letter: str) -> Version:
    """A draft version with the preset's questions and rules."""
    data = tomllib.loads((PRESETS / f"respiratory_{letter}.toml").read_text())
    questionnaire = Questionnaire.objects.filter(key=data["questionnaire"]).first() or QuestionnaireFactory(
        key=data["questionnaire"]
    )
    return save_version(
        questionnaire=questionnaire,
        spec=preset(letter),
        about={
            "preset": data["preset"],
            "approved_by": data["approved_by"],
            "reviewed_on": REVIEWED_ON,
        },
    )


def publish_preset(letter: str, *, starts: dt.datetime = BOOKED_AT, **scope: object) -> Version:
    version = load_preset(letter)
    publish(version=version, starts=starts, now=starts, by=Actor.process("test"), **scope)
    version.refresh_from_db()
    return version
