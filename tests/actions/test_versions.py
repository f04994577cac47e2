"""Writing drafts: one thing at a time, each in the history, and never over what somebody else has written."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from scheduling.actions import versions
from scheduling.actions.questionnaires import end_publication, publish, switch_off
from scheduling.exceptions import CannotEnd, EditConflict, NotFound, NotPublishable, VersionFrozen
from scheduling.models import AuditEvent, Publication, Question, Rule, Version
from scheduling.queries.questionnaires import spec_of
from scheduling.rules.actors import Actor
from scheduling.rules.screening_check import Problem, ProblemKind
from tests.factories.locations import LocationFactory
from tests.factories.safety import publish_safety
from tests.factories.scheduling import BOOKED_AT
from tests.factories.screening import REVIEWED_ON, load_preset, publish_preset

pytestmark = pytest.mark.django_db
NOW, BY = BOOKED_AT, Actor.staff(7)
DAY = dt.timedelta(days=1)


@pytest.fixture
def draft():
    return load_preset("a")


def about(draft, **more):
    draft.refresh_from_db()
    return {"version_id": draft.pk, "revision": draft.revision, "now": NOW, "by": BY, **more}


def part(draft, kind, key):
    spec = spec_of(draft)
    return next(each for each in (spec.questions if kind is Question else spec.rules) if each.key == key)


def order(draft, kind):
    return list(kind.objects.filter(version=draft).order_by("position").values_list("key", flat=True))


WRITES = {
    "about": lambda draft: versions.save_about(
        **about(
            draft,
            about={
                "source_url": "https://cdc.gov/x",
                "source_date": REVIEWED_ON,
                "reviewed_on": REVIEWED_ON,
                "approved_by": "Dr. Osei",
                "change_note": "7 days",
            },
        )
    ),
    "parameters": lambda draft: versions.save_parameters(**about(draft, parameters={"deferral_days": 7})),
    "text intro": lambda draft: versions.save_text(**about(draft, key="intro", text={"en": "Hello"})),
    "question compan": lambda draft: versions.save_question(
        **about(draft, question=replace(part(draft, Question, "compan"), text={"en": "With whom?"}))
    ),
    "question travel": lambda draft: versions.save_question(
        **about(draft, question=replace(part(draft, Question, "compan"), key="travel"), after="pos")
    ),
    "rule mild_signs": lambda draft: versions.save_rule(
        **about(draft, rule=replace(part(draft, Rule, "mild_signs"), message={"en": "A mask."}))
    ),
    "rule first": lambda draft: versions.save_rule(
        **about(draft, rule=replace(part(draft, Rule, "mild_signs"), key="first"), after="")
    ),
    "question pos": lambda draft: versions.remove_part(**about(draft, kind=Question, key="pos")),
    "rule symptoms": lambda draft: versions.move_part(
        **about(draft, kind=Rule, key="symptoms", step=versions.UP)
    ),
}


@pytest.mark.parametrize("what", WRITES)
def test_every_write_counts_and_stands_in_the_history(draft, what):
    WRITES[what](draft)

    draft.refresh_from_db()
    event = AuditEvent.objects.get()
    assert (event.event, event.actor_name, event.object_id) == ("version.changed", "7", str(draft.pk))
    assert (event.after["what"], event.after["revision"]) == (what, draft.revision) == (what, 1)


@pytest.mark.parametrize("what", WRITES)
def test_nothing_is_written_over_what_somebody_else_changed(draft, what, monkeypatch):
    monkeypatch.setattr(versions, "_changed", lambda *_, **__: pytest.fail("written"))
    seen = about(draft)
    Version.objects.filter(pk=draft.pk).update(revision=3)
    monkeypatch.setitem(globals(), "about", lambda _draft, **more: {**seen, **more})
    with pytest.raises(EditConflict):
        WRITES[what](draft)


@pytest.mark.parametrize("what", WRITES)
def test_a_published_version_stays_as_it_is(what):
    version = publish_preset("a")
    with pytest.raises(VersionFrozen):
        WRITES[what](version)


def test_the_database_refuses_too():
    version = publish_preset("a")
    for write in (
        lambda: Version.objects.filter(pk=version.pk).update(revision=9),
        lambda: Question.objects.filter(version=version, key="pos").update(text_en="New words"),
        lambda: Rule.objects.filter(version=version).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_what_is_written_is_what_is_asked(draft):
    WRITES["question travel"](draft)
    WRITES["rule first"](draft)
    WRITES["parameters"](draft)
    WRITES["text intro"](draft)
    versions.save_text(**about(draft, key="again", text=None))

    draft.refresh_from_db()
    spec = spec_of(draft)
    assert order(draft, Question)[7:10] == ["pos", "travel", "pos_which"]
    assert order(draft, Rule)[0] == "first"
    assert (spec.parameters, spec.texts["intro"]) == ({"deferral_days": 7}, {"en": "Hello"})
    assert "again" not in spec.texts


def test_a_part_goes_up_and_down_and_stops_at_the_end(draft):
    first, second = order(draft, Question)[:2]
    for step, expected in (
        (versions.DOWN, [second, first]),
        (versions.UP, [first, second]),
        (versions.UP, [first, second]),
    ):
        versions.move_part(**about(draft, kind=Question, key=first, step=step))
        assert order(draft, Question)[:2] == expected
    draft.refresh_from_db()
    assert draft.revision == 2


def test_a_key_stands_for_one_thing(draft):
    with pytest.raises(EditConflict):
        versions.save_question(**about(draft, question=part(draft, Question, "pos"), after=""))
    with pytest.raises(NotFound):
        versions.save_question(**about(draft, question=replace(part(draft, Question, "pos"), key="x")))
    with pytest.raises(NotFound):
        versions.remove_part(**about(draft, kind=Rule, key="x"))


@pytest.mark.parametrize(("as_it_was", "approved_by"), [(False, ""), (True, "Dr. Osei")])
def test_a_copy_is_a_draft_with_the_next_number(as_it_was, approved_by):
    old = load_preset("a")
    Version.objects.filter(pk=old.pk).update(approved_by="Dr. Osei")
    publish(version=old, starts=NOW, now=NOW, by=BY)

    copy = versions.start_draft(version_id=old.pk, as_it_was=as_it_was, note="Back", now=NOW, by=BY)

    assert (copy.number, copy.approved_by, copy.change_note) == (2, approved_by, "Back")
    assert replace(spec_of(copy), number=1, pk=None) == replace(spec_of(old), pk=None)
    assert AuditEvent.objects.filter(event="version.started", object_id=copy.pk).count() == 1


def test_a_copy_that_nobody_approved_is_not_published():
    copy = versions.start_draft(version_id=publish_preset("a").pk, now=NOW, by=BY)
    Version.objects.filter(pk=copy.pk).update(reviewed_on=None)
    with pytest.raises(NotPublishable) as refused:
        publish(version=copy, starts=NOW, now=NOW, by=BY)
    assert refused.value.problems == [
        Problem(kind=ProblemKind.NOT_APPROVED, where=""),
        Problem(kind=ProblemKind.NOT_REVIEWED, where=""),
    ]


def test_a_draft_is_discarded_for_good_and_said_so(draft):
    number = draft.number
    versions.discard_draft(**about(draft))
    assert not Version.objects.exists()
    assert AuditEvent.objects.get().before == {"number": number}
    with pytest.raises(NotFound):
        versions.discard_draft(version_id=draft.pk, revision=0, now=NOW, by=BY)


def spans():
    rows = Publication.objects.order_by("active_during").values_list("version__number", "active_during")
    return [(number, span.lower, span.upper) for number, span in rows]


def test_what_is_planned_is_withdrawn_and_what_was_in_force_stays():
    publish_preset("a")
    planned = publish(version=load_preset("b"), starts=NOW + DAY, now=NOW, by=BY)
    publish(version=load_preset("a"), starts=NOW + 2 * DAY, now=NOW, by=BY)

    end_publication(publication_id=planned.pk, now=NOW, by=BY)

    assert spans() == [(1, NOW, NOW + 2 * DAY), (3, NOW + 2 * DAY, None)]
    assert AuditEvent.objects.filter(event="questionnaire.ended").count() == 1
    with pytest.raises(NotFound):
        end_publication(publication_id=planned.pk, now=NOW, by=BY)


def test_a_location_goes_back_to_what_is_in_force_for_all():
    version = publish_preset("a")
    own = switch_off(
        questionnaire=version.questionnaire, location=LocationFactory(), starts=NOW, now=NOW, by=BY
    )

    end_publication(publication_id=own.pk, now=NOW + DAY, by=BY)

    own.refresh_from_db()
    assert own.active_during.upper == NOW + DAY
    with pytest.raises(CannotEnd):
        end_publication(publication_id=own.pk, now=NOW + 2 * DAY, by=BY)


def test_what_began_this_very_moment_is_withdrawn():
    version = publish_preset("a")
    own = switch_off(
        questionnaire=version.questionnaire, location=LocationFactory(), starts=NOW, now=NOW, by=BY
    )
    end_publication(publication_id=own.pk, now=NOW, by=BY)
    assert spans() == [(1, NOW, None)]


@pytest.mark.parametrize("publish_one", [lambda: publish_preset("a"), publish_safety])
def test_the_widest_scope_does_not_end_with_nothing_after_it(publish_one):
    publish_one()
    with pytest.raises(CannotEnd):
        end_publication(publication_id=Publication.objects.get().pk, now=NOW + DAY, by=BY)
