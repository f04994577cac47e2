"""A small questionnaire about the safety of a scan, with something for every stage."""

from dataclasses import replace

from scheduling.actions.questionnaires import publish, save_version
from scheduling.actions.screening import record_screening
from scheduling.models import Appointment, Questionnaire, Version
from scheduling.queries.questionnaires import published_spec
from scheduling.queries.screening import outcome_of, shown_to
from scheduling.rules.actors import Actor
from scheduling.rules.screening import FormKind, Stage, VersionSpec
from scheduling.rules.screening_data import version_from_data
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory
from tests.factories.screening import MRI, REVIEWED_ON, AnswerSheetFactory

FIT = ("pacemaker", "weight", "tight", "flat", "lift", "none", "not_sure")


def _rule(key, condition, disposition="ok", effects=()):
    return {
        "key": key,
        "condition": condition,
        "disposition": disposition,
        "effects": list(effects),
        "en": f"Because of {key}.",
        "es": f"Por {key}.",
    }


def _extra(minutes):
    return {"name": "extra_minutes", "value": minutes}


SAFETY: VersionSpec = version_from_data(
    {
        "questionnaire": "safety-mri",
        "kind": "safety",
        "parameters": {"ask_weight_over_lb": 350},
        "texts": {},
        "questions": [
            {
                "key": "fit",
                "kind": "multi",
                "stage": "before_time",
                "en": "Do any of these apply?",
                "es": "¿Corresponde algo de esto?",
                "choices": [{"value": value, "en": value, "es": value} for value in FIT],
            },
            {
                "key": "weight",
                "kind": "number",
                "stage": "before_time",
                "show_if": {"q": "fit", "is": "weight"},
                "en": "How much do you weigh?",
                "es": "¿Cuánto pesa?",
            },
            {
                "key": "girth",
                "kind": "number",
                "stage": "before_time",
                "optional": True,
                "show_if": {"q": "fit", "is": "weight"},
                "en": "How far around?",
                "es": "¿Cuánto mide alrededor?",
            },
            {"key": "kidney", "kind": "yes_no", "en": "Kidneys?", "es": "¿Riñones?"},
            {"key": "metal", "kind": "yes_no", "stage": "visit", "en": "Metal?", "es": "¿Metal?"},
        ],
        "rules": [
            _rule("device", {"q": "fit", "is": "pacemaker"}, "callback"),
            _rule(
                "weight",
                {"q": "weight", "over": "ask_weight_over_lb"},
                effects=[{"name": "weight_lb", "value": "weight"}, {"name": "girth_in", "value": "girth"}],
            ),
            _rule("tight", {"q": "fit", "is": "tight"}, effects=["wide_bore", _extra(15)]),
            _rule("flat", {"q": "fit", "is": "flat"}, "review", effects=[_extra(15)]),
            _rule("lift", {"q": "fit", "is": "lift"}, effects=[_extra(20), "room_note"]),
            _rule("unsure", {"q": "fit", "is": "not_sure"}, "review"),
            _rule("kidney", {"q": "kidney", "is": "yes"}, "review"),
            _rule("metal", {"q": "metal", "is": "yes"}, "review"),
        ],
    }
)


FIT_FORM = replace(  # asks nothing after a time is chosen
    SAFETY,
    questions=tuple(question for question in SAFETY.questions if question.stage is Stage.BEFORE_TIME),
    rules=tuple(rule for rule in SAFETY.rules if rule.key not in ("kidney", "metal")),
)


def publish_safety(spec: VersionSpec = SAFETY, *, modality: str = "MR", **scope: object) -> Version:
    questionnaire, _ = Questionnaire.objects.get_or_create(
        modality=modality,
        kind=FormKind.SAFETY,
        defaults={"key": f"safety-{modality.lower()}", "name": f"Safety of {modality}"},
    )
    version = save_version(
        questionnaire=questionnaire,
        spec=spec,
        about={"approved_by": "Dr. Osei", "reviewed_on": REVIEWED_ON},
    )
    publish(version=version, starts=BOOKED_AT, now=BOOKED_AT, by=Actor.process("test"), **scope)
    version.refresh_from_db()
    return version


EARLIER = {
    "fit": ["none"],
    "device": "no",
    "metal_eye": "no",
    "metal_body": "no",
    "surgery": "no",
    "pregnant": "not_apply",
}


def visit_with_answers(answers: dict | None = None, *, form: VersionSpec = MRI, **fields) -> Appointment:
    """A booked visit whose short list was answered while booking: nothing to flag, or what is given."""
    version = Version.objects.filter(questionnaire__kind="safety").first() or publish_safety(form)
    visit = AppointmentFactory(**fields)
    given = {**EARLIER, **(answers or {})}
    AnswerSheetFactory(draft=None, appointment=visit, version=version, answers=given, answered_at=BOOKED_AT)
    visit = Appointment.objects.with_place().get(pk=visit.pk)
    spec, kind = published_spec(version.pk), FormKind.SAFETY
    outcome = outcome_of(visit, kind, now=BOOKED_AT)
    assert outcome is not None
    record_screening(
        version=spec,
        shown=shown_to(spec, visit, now=BOOKED_AT),
        answers=given,
        outcome=outcome,
        appointment=visit,
        language="en",
        answered_at=BOOKED_AT,
        now=BOOKED_AT,
        by=Actor.patient("draft 1"),
    )
    return visit
