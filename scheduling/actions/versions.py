"""Writing the draft of a questionnaire, one thing at a time.

`revision` is the one that whoever edits has seen: when another administrator was faster, nothing is written
(EditConflict). What is published is refused (VersionFrozen), here and by a trigger.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from scheduling.actions import audit
from scheduling.actions.questionnaires import lock_questionnaire, question_values, rule_values, save_version
from scheduling.exceptions import EditConflict, NotFound, VersionFrozen
from scheduling.models import AuditEvent, Question, Rule, Version
from scheduling.queries.questionnaires import spec_of
from scheduling.rules.actors import Actor
from scheduling.rules.screening import QuestionSpec, RuleSpec, Texts

Part = Question | Rule
ABOUT = ("source_url", "source_date", "reviewed_on", "approved_by", "change_note")
UP, DOWN = -1, 1


@transaction.atomic
def start_draft(
    *, version_id: int, as_it_was: bool = False, note: str = "", now: datetime, by: Actor
) -> Version:
    """A copy with the next number. `as_it_was`: to go back to it, so who approved it stands; else the words
    may change, and somebody has to approve them anew."""
    copied = Version.objects.select_related("questionnaire").filter(pk=version_id).first()
    if copied is None:
        raise NotFound
    about = {name: getattr(copied, name) for name in ("preset", "source_url", "source_date", "reviewed_on")}
    about |= {"approved_by": copied.approved_by if as_it_was else "", "change_note": note}
    version = save_version(questionnaire=copied.questionnaire, spec=spec_of(copied), about=about)
    _record(version, AuditEvent.Event.VERSION_STARTED, after={"copy_of": copied.number}, now=now, by=by)
    return version


@transaction.atomic
def discard_draft(*, version_id: int, revision: int, now: datetime, by: Actor) -> None:
    version = _locked_draft(version_id, revision)
    _record(version, AuditEvent.Event.VERSION_DISCARDED, before={"number": version.number}, now=now, by=by)
    version.delete()


@transaction.atomic
def save_about(*, version_id: int, revision: int, about: Mapping[str, Any], now: datetime, by: Actor) -> None:
    """Where the rules come from, and who answers for them."""
    version = _locked_draft(version_id, revision)
    before = {name: getattr(version, name) for name in ABOUT}
    for name in ABOUT:
        setattr(version, name, about[name])
    after = {name: getattr(version, name) for name in ABOUT}
    _changed(version, "about", before=before, after=after, now=now, by=by)


@transaction.atomic
def save_parameters(
    *, version_id: int, revision: int, parameters: Mapping[str, int], now: datetime, by: Actor
) -> None:
    version = _locked_draft(version_id, revision)
    before, version.parameters = version.parameters, dict(parameters)
    _changed(version, "parameters", before=before, after=version.parameters, now=now, by=by)


@transaction.atomic
def save_text(
    *, version_id: int, revision: int, key: str, text: Texts | None, now: datetime, by: Actor
) -> None:
    """A sentence of the pages, by its key. None: it is taken away."""
    version = _locked_draft(version_id, revision)
    before = version.texts.pop(key, None)
    if text is not None:
        version.texts[key] = dict(text)
    _changed(version, f"text {key}", before={key: before}, after={key: text and dict(text)}, now=now, by=by)


@transaction.atomic
def save_question(
    *,
    version_id: int,
    revision: int,
    question: QuestionSpec,
    after: str | None = None,
    now: datetime,
    by: Actor,
) -> None:
    """The one with its key; or a new one behind the one with the key `after`, empty: before all others."""
    version = _locked_draft(version_id, revision)
    _save_part(version, Question, question_values(question), after, now=now, by=by)


@transaction.atomic
def save_rule(
    *, version_id: int, revision: int, rule: RuleSpec, after: str | None = None, now: datetime, by: Actor
) -> None:
    version = _locked_draft(version_id, revision)
    _save_part(version, Rule, rule_values(rule), after, now=now, by=by)


@transaction.atomic
def remove_part(
    *, version_id: int, revision: int, kind: type[Part], key: str, now: datetime, by: Actor
) -> None:
    version = _locked_draft(version_id, revision)
    part = _part(version, kind, key)
    before = _values(part)
    part.delete()
    _changed(version, f"{_word(kind)} {key}", before=before, after={}, now=now, by=by)


@transaction.atomic
def move_part(
    *, version_id: int, revision: int, kind: type[Part], key: str, step: int, now: datetime, by: Actor
) -> None:
    """One place up or down. At the end of the list it stays where it is."""
    version = _locked_draft(version_id, revision)
    keys = list(_parts(version, kind).values_list("key", flat=True))
    part = _part(version, kind, key)
    place = keys.index(key) + step
    if not 0 <= place < len(keys):
        return
    other = _part(version, kind, keys[place])
    before = {"position": part.position}
    part.position, other.position = other.position, part.position
    for each in (part, other):  # checked at commit
        each.save(update_fields=["position"])
    _changed(
        version, f"{_word(kind)} {key}", before=before, after={"position": part.position}, now=now, by=by
    )


def _locked_draft(version_id: int, revision: int) -> Version:
    version = Version.objects.select_related("questionnaire").filter(pk=version_id).first()
    if version is None:
        raise NotFound
    lock_questionnaire(version.questionnaire)
    version = (
        Version.objects.select_for_update(of=("self",))
        .select_related("questionnaire")
        .filter(pk=version_id)
        .first()
    )
    if version is None:
        raise NotFound
    if version.is_published:
        raise VersionFrozen
    if version.revision != revision:
        raise EditConflict
    return version


def _save_part(
    version: Version,
    kind: type[Part],
    values: Mapping[str, Any],
    after: str | None,
    *,
    now: datetime,
    by: Actor,
) -> None:
    part = _parts(version, kind).filter(key=values["key"]).first()
    before = _values(part) if part else {}
    if after is not None and part is None:
        part = kind(version=version, position=_make_room(version, kind, after))
    elif part is None:
        raise NotFound
    elif after is not None:
        raise EditConflict  # one with this key is there
    for name, value in values.items():
        setattr(part, name, value)
    part.save()
    what = f"{_word(kind)} {values['key']}"
    _changed(version, what, before=before, after=_values(part), now=now, by=by)


def _make_room(version: Version, kind: type[Part], after: str) -> int:
    """The place behind a part; those that follow make room."""
    place = _part(version, kind, after).position + 1 if after else 1
    _parts(version, kind).filter(position__gte=place).update(position=F("position") + 1)
    return place


def _parts(version: Version, kind: type[Part]) -> Any:
    return kind._default_manager.filter(version=version).order_by("position")


def _part(version: Version, kind: type[Part], key: str) -> Part:
    part: Part | None = _parts(version, kind).filter(key=key).first()
    if part is None:
        raise NotFound
    return part


def _values(part: Part) -> dict[str, Any]:
    left_out = ("id", "version", "key", "position")
    return {
        field.name: getattr(part, field.name) for field in part._meta.fields if field.name not in left_out
    }


def _word(kind: type[Part]) -> str:
    return "question" if kind is Question else "rule"


def _changed(
    version: Version,
    what: str,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    now: datetime,
    by: Actor,
) -> None:
    version.revision += 1
    version.save()
    _record(
        version,
        AuditEvent.Event.VERSION_CHANGED,
        before={name: value for name, value in before.items() if value != after.get(name)},
        after={
            "revision": version.revision,
            "what": what,
            **{name: value for name, value in after.items() if value != before.get(name)},
        },
        now=now,
        by=by,
    )


def _record(
    version: Version,
    event: AuditEvent.Event,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
    by: Actor,
) -> None:
    audit.record(event=event, subject=version, before=_json(before), after=_json(after), now=now, by=by)


def _json(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in (values or {}).items()
    }
