import datetime as dt

import pytest
from django.core.management import call_command

from scheduling.actions.questionnaires import publish, save_version, switch_off
from scheduling.exceptions import NotPublishable
from scheduling.management.commands import load_questionnaires
from scheduling.models import AuditEvent, Publication, Questionnaire, Rule, Version
from scheduling.rules.actors import Actor
from scheduling.rules.screening_check import Problem, ProblemKind
from tests.factories.safety import publish_safety
from tests.factories.scheduling import BOOKED_AT
from tests.factories.screening import A, VersionFactory, load_preset, publish_preset

pytestmark = pytest.mark.django_db
NOW = BOOKED_AT
TOMORROW = NOW + dt.timedelta(days=1)
NEXT_WEEK = NOW + dt.timedelta(days=7)
BY = Actor.process("test")


def in_force():
    rows = Publication.objects.order_by("active_during").values_list("version__number", "active_during")
    return [(number, span.lower, span.upper) for number, span in rows]


def test_publishing_freezes_and_is_audited():
    version = load_preset("a")

    publication = publish(version=version, starts=TOMORROW, now=NOW, by=Actor.staff(7))

    version.refresh_from_db()
    event = AuditEvent.objects.get()
    assert version.published_at == NOW
    assert (event.event, event.actor_kind, event.actor_name) == ("questionnaire.published", "staff", "7")
    assert event.object_id == str(publication.pk)
    assert event.after == {
        "questionnaire": "respiratory",
        "version": 1,
        "modality": "",
        "starts": "2026-11-25T16:00:00+00:00",
    }


def test_a_new_version_follows_the_one_in_force():
    publish_preset("a")

    publish(version=load_preset("b"), starts=TOMORROW, now=NOW, by=BY)

    assert in_force() == [(1, NOW, TOMORROW), (2, TOMORROW, None)]


def test_what_is_planned_later_stays_planned():
    publish(version=load_preset("a"), starts=NEXT_WEEK, now=NOW, by=BY)

    publish(version=load_preset("b"), starts=NOW, now=NOW, by=BY)

    assert in_force() == [(2, NOW, NEXT_WEEK), (1, NEXT_WEEK, None)]


def test_publishing_again_at_the_same_moment_replaces():
    publish_preset("a")

    publish(version=load_preset("b"), starts=NOW, now=NOW, by=BY)

    assert in_force() == [(2, NOW, None)]


def test_an_old_version_can_be_put_back_in_force():
    first = publish_preset("a")
    publish(version=load_preset("b"), starts=TOMORROW, now=NOW, by=BY)

    publish(version=first, starts=NEXT_WEEK, now=NEXT_WEEK, by=BY)

    first.refresh_from_db()
    assert first.published_at == NOW
    assert in_force() == [(1, NOW, TOMORROW), (2, TOMORROW, NEXT_WEEK), (1, NEXT_WEEK, None)]


def test_a_version_with_faults_is_not_published():
    version = load_preset("a")
    Rule.objects.filter(version=version, key="mild_signs").update(message_es="")

    with pytest.raises(NotPublishable) as refusal:
        publish(version=version, starts=NOW, now=NOW, by=BY)

    assert refusal.value.problems == [
        Problem(kind=ProblemKind.MISSING_TRANSLATION, where="mild_signs", detail="es")
    ]
    version.refresh_from_db()
    assert version.published_at is None
    assert in_force() == []


def test_a_questionnaire_about_one_kind_of_scan_is_in_force_for_that_kind_only():
    version = publish_safety()

    (publication,) = Publication.objects.all()
    assert publication.modality == "MR"
    for refuse in (
        lambda: publish(version=version, modality="CT", starts=NOW, now=NOW, by=BY),
        lambda: switch_off(questionnaire=version.questionnaire, modality="CT", starts=NOW, now=NOW, by=BY),
    ):
        with pytest.raises(NotPublishable) as refusal:
            refuse()
        assert refusal.value.problems == [
            Problem(kind=ProblemKind.OTHER_MODALITY, where="modality", detail="CT")
        ]


def test_a_preset_may_be_about_one_kind_of_scan_and_stays_out_of_force(tmp_path, monkeypatch):
    text = (load_questionnaires.PRESETS / "respiratory_b.toml").read_text()
    for old, new in (
        ('questionnaire = "respiratory"', 'questionnaire = "safety-ct"\nmodality = "CT"'),
        ('kind = "respiratory"', 'kind = "safety"'),
    ):
        text = text.replace(old, new)
    (tmp_path / "safety_ct.toml").write_text(text)
    monkeypatch.setattr(load_questionnaires, "PRESETS", tmp_path)

    call_command("load_questionnaires", verbosity=0)
    call_command("load_questionnaires", verbosity=0)

    questionnaire = Questionnaire.objects.get()
    assert (questionnaire.key, questionnaire.kind, questionnaire.modality) == ("safety-ct", "safety", "CT")
    assert versions() == [(1, "respiratory-b", False)]


def test_switching_off_puts_nothing_in_force():
    version = publish_preset("a")

    switch_off(questionnaire=version.questionnaire, starts=TOMORROW, now=NOW, by=BY)

    assert in_force() == [(1, NOW, TOMORROW), (None, TOMORROW, None)]


def test_versions_are_numbered_on():
    first = VersionFactory(number=4)

    version = save_version(questionnaire=first.questionnaire, spec=A, about={"change_note": "new days"})

    assert (version.number, version.change_note, version.published_at) == (5, "new days", None)


def versions():
    return [(row.number, row.preset, row.is_published) for row in Version.objects.order_by("number")]


def test_the_shipped_questionnaires_load_once():
    call_command("load_questionnaires", verbosity=0)
    call_command("load_questionnaires", verbosity=0)

    assert sorted(versions()) == [
        (1, "respiratory-a", True),
        (1, "safety-ct", True),
        (1, "safety-mri", True),
        (1, "safety-xray", True),
        (2, "respiratory-b", False),
    ]
    in_force_now = Publication.objects.filter(active_during__endswith=None)
    assert sorted(in_force_now.values_list("modality", "version__preset")) == [
        ("", "respiratory-a"),
        ("CT", "safety-ct"),
        ("MR", "safety-mri"),
        ("XR", "safety-xray"),
    ]
    respiratory = Questionnaire.objects.get(key="respiratory")
    assert respiratory.name == "Respiratory illness (COVID-19, flu, RSV)"


def test_changed_content_is_a_new_draft_and_what_is_in_force_stays(tmp_path, monkeypatch):
    text = (load_questionnaires.PRESETS / "respiratory_a.toml").read_text()
    monkeypatch.setattr(load_questionnaires, "PRESETS", tmp_path)
    for days in (10, 7):
        changed = text.replace("deferral_days = 10", f"deferral_days = {days}")
        (tmp_path / "respiratory_a.toml").write_text(changed)
        call_command("load_questionnaires", verbosity=0)

    assert versions() == [(1, "respiratory-a", True), (2, "respiratory-a", False)]
    assert [number for number, _, _ in in_force()] == [1]


def test_a_switched_off_form_is_not_switched_on_by_loading():
    version = publish_preset("a")
    Publication.objects.all().delete()
    switch_off(questionnaire=version.questionnaire, starts=NOW, now=NOW, by=BY)

    call_command("load_questionnaires", verbosity=0)

    of_this = Publication.objects.filter(questionnaire=version.questionnaire)
    assert [publication.version for publication in of_this] == [None]
