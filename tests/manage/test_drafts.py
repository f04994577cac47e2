"""Writing a draft: each thing on its own page, every refusal in words, nothing typed is lost."""

import datetime as dt
import re

import pytest

from scheduling.actions import versions
from scheduling.models import Question, Rule, Version
from scheduling.queries.questionnaires import spec_of
from tests.factories.journey import NOW

pytestmark = pytest.mark.django_db

ABOUT = {
    "change_note": "7 days",
    "approved_by": "Dr. Osei",
    "reviewed_on": "2026-11-30",
    "source_url": "https://www.cdc.gov/covid/",
    "source_date": "2026-05-08",
}
ROWS = {"choice-TOTAL_FORMS": "3", "choice-INITIAL_FORMS": "0", "choice-MIN_NUM_FORMS": "0"}
QUESTION = {
    **ROWS,
    "text_en": "Have you traveled?",
    "text_es": "¿Ha viajado?",
    "hint_en": "",
    "hint_es": "",
    "kind": "yes_no",
    "show_if": "",
}
RULE = {
    "condition": "pos is yes",
    "disposition": "review",
    "acts_when": "near",
    "message_en": "We call you.",
    "message_es": "Le llamamos.",
    "defer_counted": "full_days",
}


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def send(world, url, name, *args, revision=0, **fields):
    return world.client.post(url(name, world.draft.pk, *args), {"revision": revision, **fields})


def numbers(world, **changed):
    return {f"value-{key}": changed.get(key, value) for key, value in world.draft.parameters.items()}


def test_ten_days_become_seven(world, url):
    answer = send(world, url, "parameters", **numbers(world, deferral_days=7))
    assert answer.status_code == 303
    world.draft.refresh_from_db()
    assert (world.draft.parameters["deferral_days"], world.draft.revision) == (7, 1)
    shown = text(world.client.get(answer["Location"]))
    assert "The numbers are saved." in shown
    assert "day after deferral_days (7) full days from" in shown


def test_a_number_is_added_and_an_unused_one_removed(world, url):
    send(world, url, "parameters", **numbers(world), new_name="travel_days", new_value="14")
    world.draft.refresh_from_db()
    assert world.draft.parameters["travel_days"] == 14
    fields = {**numbers(world), "remove-travel_days": "on"}
    assert send(world, url, "parameters", revision=1, **fields).status_code == 303
    world.draft.refresh_from_db()
    assert "travel_days" not in world.draft.parameters


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"value-deferral_days": "ten"}, "Full days to wait after a positive test: Enter a whole number"),
        ({"value-deferral_days": ""}, "Enter a whole number from 0 to 100000"),
        ({"new_name": "Travel days", "new_value": "3"}, "Use up to 40 small letters"),
        ({"new_name": "retry_days", "new_value": "3"}, "Choose another key: “retry_days” is taken"),
        ({"new_name": "travel_days"}, "Enter the value of the new number"),
        ({"new_value": "3"}, "Enter the name of the new number"),
    ],
)
def test_wrong_numbers_are_told(world, url, fields, words):
    answer = send(world, url, "parameters", **{**numbers(world), **fields})
    assert answer.status_code == 422
    assert words in text(answer)


def test_who_answers_for_it(world, url):
    assert send(world, url, "about", **ABOUT).status_code == 303
    world.draft.refresh_from_db()
    assert (world.draft.approved_by, world.draft.reviewed_on) == ("Dr. Osei", dt.date(2026, 11, 30))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reviewed_on": "2026-12-24"}, "today or earlier"),
        ({"reviewed_on": "last week"}, "Enter a day, such as 2026-12-31"),
        ({"source_url": "not an address"}, "Enter an address such as"),
        ({"source_date": ""}, "Enter the date of the source"),
    ],
)
def test_what_is_wrong_about_a_version_is_told(world, url, fields, words):
    answer = send(world, url, "about", **{**ABOUT, **fields})
    assert answer.status_code == 422
    assert words in text(answer)


def test_a_text_is_written_in_both_languages(world, url):
    assert send(world, url, "text", "again", en="Asked again.", es="Otra vez.").status_code == 303
    assert send(world, url, "add-text", revision=1, key="name_travel", en="Travel", es="").status_code == 303
    world.draft.refresh_from_db()
    assert world.draft.texts["again"] == {"en": "Asked again.", "es": "Otra vez."}
    shown = text(world.client.get(url("version", world.draft.pk)))
    assert "Text “name_travel”: the Spanish words are missing." in shown
    refused = send(world, url, "text", "again", revision=2, en="In {travel_days} days", es="x")
    assert (refused.status_code, "There is no number “travel_days”" in text(refused)) == (422, True)


def test_a_question_is_added_behind_another(world, url):
    answer = send(world, url, "add-question", **QUESTION, key="travel", after="pos")
    assert (answer.status_code, answer["Location"][-16:]) == (303, "#question-travel")
    keys = list(Question.objects.filter(version=world.draft).values_list("key", flat=True))
    assert keys[keys.index("pos") + 1] == "travel"
    shown = text(world.client.get(url("version", world.draft.pk)))
    assert "leads to nothing: no rule and no other question looks at the answer" in shown


def test_answers_to_choose_from_stand_in_the_order_of_their_places(world, url):
    rows = {
        "choice-0-place": "2",
        "choice-0-value": "flu",
        "choice-0-en": "Flu",
        "choice-0-es": "Gripe",
        "choice-1-place": "1",
        "choice-1-value": "rsv",
        "choice-1-en": "RSV",
        "choice-1-es": "VRS",
    }
    fields = {**QUESTION, **rows, "kind": "choice", "show_if": "pos is yes"}
    assert send(world, url, "question", "pos_which", **fields).status_code == 303
    question = Question.objects.get(version=world.draft, key="pos_which")
    assert [choice["value"] for choice in question.choices] == ["rsv", "flu"]
    shown = text(world.client.get(url("version", world.draft.pk)))
    assert "Rule “positive_flu_or_rsv”" not in shown
    assert question.show_if == {"q": "pos", "is": "yes"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"key": "pos"}, "Choose another key: “pos” is taken"),
        ({"key": ""}, "Enter a key, such as travel_date"),
        ({"hint_en": "When?"}, "Write the hint in both languages, or in none"),
        ({"kind": "choice"}, "Write the answers to choose from, below"),
        ({"choice-0-value": "a", "choice-1-value": "a"}, "Two answers have this value"),
        ({"choice-0-en": "Perhaps"}, "Give this answer a value, such as not_sure"),
        ({"choice-0-value": "Not sure"}, "Use small letters, numbers and _ for the value"),
        ({"choice-0-value": "a", "choice-0-place": "first"}, "Enter the place as a number"),
        ({"show_if": "poss is yes"}, "There is no question “poss”. Did you mean “pos”?"),
        ({"show_if": "pos is maybe"}, "There is no such answer: maybe (the answers of “pos” are: yes, no)"),
        (
            {"show_if": "pos is yes and"},
            "The condition ends too early. After “pos is yes and” more is needed",
        ),
        ({"show_if": "pos = yes"}, "At “=” (sign 5) something else should stand: is / has / over / within"),
        ({"show_if": "(pos is yes"}, "A bracket that opens is not closed. Write “)” after “(pos is yes”"),
        ({"show_if": "pos is yes no"}, "At “no” (sign 12) a whole condition has ended"),
        ({"show_if": "exam is chest"}, "No exam is “chest”"),
        ({"show_if": "exam is chest_respirator"}, "Did you mean “chest_respiratory”?"),
        ({"show_if": "pos over 3"}, "“pos” does not ask for a number"),
        ({"show_if": "expo_date within contact_day days of the visit"}, "Did you mean “contact_days”?"),
        ({"show_if": "reason mentions covid_word"}, "Did you mean “covid_words”?"),
        ({"text_en": "In {days} days?"}, "There is no number “days”"),
    ],
)
def test_what_is_wrong_with_a_question_is_told(world, url, fields, words):
    answer = send(world, url, "add-question", **{**QUESTION, "key": "travel", "after": "pos", **fields})
    assert answer.status_code == 422
    assert words in text(answer)
    assert "<title>Error: " in answer.content.decode()


def test_a_rule_is_changed(world, url):
    fields = {
        **RULE,
        "condition": "sympt has fever, cough and without an order",
        "disposition": "defer",
        "defer_after": "sympt_date pos_date",
        "defer_amount": "deferral_days",
        "effects": ["mask", "alert_desk"],
    }
    answer = send(world, url, "rule", "mild_signs", **fields)
    assert answer.status_code == 303
    rule = next(each for each in spec_of(world.draft).rules if each.key == "mild_signs")
    assert rule.condition == {"all": [{"q": "sympt", "in": ["fever", "cough"]}, {"has_order": False}]}
    assert (rule.defer.after, rule.defer.full_days) == (("sympt_date", "pos_date"), "deferral_days")
    assert [effect.name for effect in rule.effects] == ["mask", "alert_desk"]
    shown = text(world.client.get(url("version", world.draft.pk)))
    assert "“Symptoms” has Fever or chills or Cough and there is no doctor’s order" in shown


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"condition": ""}, "Write a condition, or “always”"),
        ({"disposition": "defer", "defer_amount": ""}, "Enter how many days, or the name of a number"),
        ({"disposition": "defer", "defer_amount": "deferal_days"}, "Did you mean “deferral_days”?"),
        (
            {"disposition": "defer", "defer_amount": "3", "defer_after": "pos"},
            "“pos” is no question that asks for a day. Did you mean “pos_date”?",
        ),
    ],
)
def test_what_is_wrong_with_a_rule_is_told(world, url, fields, words):
    answer = send(world, url, "rule", "mild_signs", **{**RULE, **fields})
    assert answer.status_code == 422
    assert words in text(answer)


@pytest.mark.parametrize("name", ["question", "rule"])
def test_saved_as_it_is_shown_nothing_changes(world, url, name):
    """Every shipped question and rule survives its own form."""
    for version in (
        world.draft,
        world.community,
        versions.start_draft(version_id=world.mri.pk, now=NOW, by=world.by),
    ):
        before = spec_of(version)
        for part in before.questions if name == "question" else before.rules:
            page = world.client.get(url(name, version.pk, part.key))
            version.refresh_from_db()
            fields = shown_fields(page)
            answer = world.client.post(
                url(name, version.pk, part.key), {**fields, "revision": version.revision}
            )
            assert answer.status_code == 303, (part.key, text(answer))
        assert spec_of(Version.objects.get(pk=version.pk)) == before


def shown_fields(page):
    form = page.context["form"]
    forms = [form, *getattr(getattr(form, "rows", None), "forms", [])]
    fields = {bound.html_name: bound.value() for each in forms for bound in each}
    fields |= {key: value for key, value in ROWS.items() if hasattr(form, "rows")}
    if hasattr(form, "rows"):
        fields["choice-TOTAL_FORMS"] = str(len(form.rows.forms))
    return {name: value for name, value in fields.items() if value not in (None, False)}


ADD = {"add_test": "1", "test-join": "and"}


@pytest.mark.parametrize(
    ("condition", "fields", "expected"),
    [
        ("", {"test-test": "pos is yes"}, "pos is yes"),
        ("pos is yes", {"test-test": "exam is contrast"}, "pos is yes and exam is contrast"),
        (
            "pos is yes or isol is yes",
            {"test-test": "sympt has fever", "test-join": "and not"},
            "(pos is yes or isol is yes) and not (sympt has fever)",
        ),
        (
            "pos is yes",
            {
                "test-test": "expo_date within # days of the visit",
                "test-number": "contact_days",
                "test-join": "or",
            },
            "pos is yes or expo_date within contact_days days of the visit",
        ),
    ],
)
def test_a_test_is_added_to_the_box_and_nothing_is_saved(world, url, condition, fields, expected):
    answer = send(
        world,
        url,
        "rule",
        "mild_signs",
        **{**RULE, "condition": condition, "message_en": "Kept.", **ADD, **fields},
    )
    assert answer.status_code == 422
    form = answer.context["form"]
    assert (form["condition"].value(), form["message_en"].value()) == (expected, "Kept.")
    assert "The test stands in the box. Nothing is saved yet." in text(answer)
    world.draft.refresh_from_db()
    assert world.draft.revision == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose the test to add"),
        ({"test-test": "expo_date within # days of the visit"}, "Enter the number for"),
        ({"test-test": "pos is yes", "condition": "pos is"}, "The condition ends too early"),
    ],
)
def test_a_test_that_cannot_be_added_says_why(world, url, fields, words):
    answer = send(world, url, "add-rule", **{**RULE, **ADD, **fields})
    assert answer.status_code == 422
    assert words in text(answer)


def test_every_test_that_is_offered_can_be_added(world, url):
    page = world.client.get(url("rule", world.draft.pk, "mild_signs"))
    offered = [
        value for _group, tests in page.context["adding"].fields["test"].choices[1:] for value, _name in tests
    ]
    assert len(offered) > 60
    for value in offered:
        fields = {**RULE, "condition": "", **ADD, "test-test": value, "test-number": "10"}
        answer = send(world, url, "rule", "mild_signs", **fields)
        assert "The test stands in the box" in text(answer), value


def test_parts_move_and_go(world, url):
    keys = lambda kind: list(kind.objects.filter(version=world.draft).values_list("key", flat=True))  # noqa: E731
    first, second = keys(Rule)[:2]
    answer = send(world, url, "move", "rules", second, step="up")
    assert (answer.status_code, answer["Location"].endswith(f"#rule-{second}")) == (303, True)
    assert keys(Rule)[:2] == [second, first]
    for number, (kind, key) in enumerate(
        [("questions", "compan"), ("rules", second), ("texts", "again")], start=1
    ):
        assert world.client.get(url("delete", world.draft.pk, kind, key)).status_code == 200
        assert send(world, url, "delete", kind, key, revision=number).status_code == 303
        assert world.client.get(url("delete", world.draft.pk, kind, key)).status_code == 404
    world.draft.refresh_from_db()
    assert "compan" not in keys(Question)
    assert "again" not in world.draft.texts
    assert send(world, url, "delete", "places", "pos", revision=4).status_code == 404


def test_who_was_second_loses_no_words(world, url):
    versions.save_parameters(
        version_id=world.draft.pk,
        revision=0,
        parameters={**world.draft.parameters, "retry_days": 9},
        now=NOW,
        by=world.by,
    )
    answer = send(world, url, "question", "pos", **QUESTION)
    shown = text(answer)
    assert answer.status_code == 409
    assert "Someone else changed this draft meanwhile" in shown
    assert "9:00 am: Ruth Feldman changed “parameters”" in shown
    assert answer.context["form"]["text_en"].value() == "Have you traveled?"
    again = send(world, url, "question", "pos", revision=answer.context["revision"], **QUESTION)
    assert again.status_code == 303


def test_a_question_that_was_deleted_meanwhile_is_put_back_with_what_was_typed(world, url):
    versions.remove_part(
        version_id=world.draft.pk, revision=0, kind=Question, key="pos", now=NOW, by=world.by
    )
    assert send(world, url, "question", "pos", **QUESTION).status_code == 409
    assert send(world, url, "question", "pos", revision=1, **QUESTION).status_code == 303
    assert Question.objects.filter(version=world.draft).last().key == "pos"
    assert world.client.get(url("question", world.draft.pk, "gone")).status_code == 404


def test_an_old_button_does_nothing(world, url):
    Version.objects.filter(pk=world.draft.pk).update(revision=5)
    for name, args in (("move", ("rules", "symptoms")), ("delete", ("rules", "symptoms")), ("discard", ())):
        answer = send(world, url, name, *args)
        assert (answer.status_code, "so nothing was done" in text(answer)) == (409, True)
    assert Version.objects.filter(pk=world.draft.pk).exists()


def test_a_draft_is_discarded(world, url):
    answer = send(world, url, "discard")
    assert (answer.status_code, answer["Location"]) == (303, url("questionnaires"))
    assert not Version.objects.filter(pk=world.draft.pk).exists()


@pytest.mark.parametrize("name", ["about", "parameters", "add-text", "add-question", "add-rule", "discard"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_published_version_is_only_read(world, url, name, method):
    answer = getattr(world.client, method)(url(name, world.in_force.pk), {"revision": 0})
    assert (answer.status_code, "Copy it into a new draft" in text(answer)) == (409, True)
    page = world.client.get(url("version", world.in_force.pk)).content.decode()
    assert "Copy into a new draft" in page
    assert url("about", world.in_force.pk) not in page
