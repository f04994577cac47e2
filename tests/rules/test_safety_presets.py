"""What the shipped safety forms ask of whom, and what each answer leads to."""

import re
from dataclasses import replace

import pytest

from scheduling.rules.needs import needs_of
from scheduling.rules.screening import Effect, Stage, asked_questions, assess, unanswered, visible_questions
from scheduling.rules.screening_check import validate_version
from tests.factories.screening import CT, MRI, XRAY, circumstances

FORMS = {"MRI": MRI, "CT": CT, "X-ray": XRAY}
CONTRAST, PELVIS, CHEST = (
    frozenset({tag}) for tag in ("contrast", "beam_through_pelvis", "chest_respiratory")
)
NOBODY = frozenset()
GROWN = 40
CALLBACK, REVIEW, OK = "callback", "review", "ok"


def outcome(version, answers, *, tags=NOBODY, **who):
    return assess(version, answers, circumstances(tags=tags, **who))


def asked(version, stage, *, answers=None, tags=NOBODY, **who):
    shown = visible_questions(version, answers or {}, circumstances(tags=tags, **who))
    return [question.key for question in shown if question.stage is stage]


@pytest.mark.parametrize("version", FORMS.values(), ids=FORMS)
def test_the_shipped_forms_can_be_published(version):
    assert validate_version(version) == []


@pytest.mark.parametrize("version", FORMS.values(), ids=FORMS)
def test_no_text_promises_safety_or_speaks_of_stopping_a_medicine(version):
    texts = [text for rule in version.rules for text in rule.message.values()]
    for question in version.questions:
        texts += [*question.text.values(), *question.hint.values()]
        texts += [text for choice in question.choices for text in choice.text.values()]
    forbidden = re.compile(
        r"\b(safe|safely|cleared|stop taking|do not take|don’t take|segur[oa]s?|deje de tomar|no tome)\b",
        re.IGNORECASE,
    )

    assert [text for text in texts if forbidden.search(text)] == []


@pytest.mark.parametrize("version", FORMS.values(), ids=FORMS)
def test_every_question_has_a_short_name_and_those_with_choices_say_why_they_are_asked(version):
    without_name = [q.key for q in version.questions if f"name_{q.key}" not in version.texts]
    without_reason = [q.key for q in version.questions if q.choices and not q.hint]

    assert (without_name, without_reason) == ([], [])


@pytest.mark.parametrize("version", FORMS.values(), ids=FORMS)
def test_nothing_that_a_text_says_is_judged(version):
    judged = {key for rule in version.rules for key in re.findall(r"'q': '(\w+)'", str(rule.condition))}
    texts = {question.key for question in version.questions if question.kind == "text"}

    assert judged & texts == set()


# ---------------------------------------------------------------- who is asked what


@pytest.mark.parametrize(
    ("version", "tags", "age", "expected"),
    [
        (MRI, NOBODY, 70, ["device", "metal_eye", "metal_body", "surgery"]),
        (MRI, NOBODY, 40, ["device", "metal_eye", "metal_body", "surgery", "pregnant"]),
        (MRI, CONTRAST, 70, ["device", "metal_eye", "metal_body", "surgery", "kidney", "reaction"]),
        (CT, NOBODY, 40, []),
        (CT, CONTRAST, 40, ["reaction", "kidney", "diabetes", "metformin", "thyroid"]),
        (CT, PELVIS, 40, ["pregnant"]),
        (XRAY, NOBODY, 40, []),
        (XRAY, PELVIS, 40, ["pregnant"]),
        (XRAY, PELVIS, 70, []),
    ],
)
def test_the_short_list(version, tags, age, expected):
    assert asked(version, Stage.BOOKING, tags=tags, age=age) == expected


@pytest.mark.parametrize("version", FORMS.values(), ids=FORMS)
def test_the_short_list_has_at_most_seven_questions(version):
    assert len(asked(version, Stage.BOOKING, tags=CONTRAST | PELVIS, age=GROWN)) <= 7


@pytest.mark.parametrize(
    ("version", "tags", "expected"),
    [
        (MRI, NOBODY, ["fit"]),
        (CT, NOBODY, ["fit"]),
        (XRAY, PELVIS, ["fit"]),
        (XRAY, CHEST, []),  # standing
        (XRAY, NOBODY, []),  # a hand: nothing stands between the exam and a time
    ],
)
def test_what_is_asked_before_a_time(version, tags, expected):
    assert asked(version, Stage.BEFORE_TIME, tags=tags) == expected


@pytest.mark.parametrize(
    ("version", "tags", "expected"),
    [
        (MRI, NOBODY, ["vessel", "joint", "capsule", "patch", "glucose", "wear", "companion"]),
        (CT, NOBODY, ["glucose"]),
        (CT, CONTRAST | PELVIS, ["barium", "veins", "glucose"]),
        (XRAY, CHEST, ["glucose"]),
        (XRAY, NOBODY, []),
    ],
)
def test_the_full_form_without_a_flag(version, tags, expected):
    assert asked(version, Stage.VISIT, tags=tags, age=GROWN) == expected


@pytest.mark.parametrize("said", ["yes", "not_sure"])
@pytest.mark.parametrize(
    ("version", "question", "tags"),
    [
        (MRI, "device", NOBODY),
        (MRI, "metal_eye", NOBODY),
        (MRI, "metal_body", NOBODY),
        (MRI, "surgery", NOBODY),
        (MRI, "kidney", CONTRAST),
        (MRI, "reaction", CONTRAST),
        (CT, "kidney", CONTRAST),
        (CT, "reaction", CONTRAST),
        (CT, "thyroid", CONTRAST),
    ],
)
def test_a_flag_of_the_short_list_has_a_question_in_the_full_form(version, question, tags, said):
    without = asked(version, Stage.VISIT, tags=tags)
    answers = {question: said}
    shown = visible_questions(version, answers, circumstances(tags=tags))
    more = [q for q in shown if q.stage is Stage.VISIT and q.key not in without]

    assert [q.key for q in unanswered(tuple(more), answers)] == [more[0].key]  # the others may be left empty


def test_a_later_question_is_not_asked_earlier():
    shown = asked_questions(MRI, {}, circumstances(), until=Stage.BOOKING)

    assert [question.key for question in shown if question.stage is Stage.VISIT] == []


# ---------------------------------------------------------------- pregnancy


@pytest.mark.parametrize(
    ("age", "is_asked"), [(9, False), (10, True), (55, True), (56, False), (None, False)]
)
@pytest.mark.parametrize(("version", "tags"), [(MRI, NOBODY), (CT, PELVIS), (XRAY, PELVIS)])
def test_pregnancy_is_asked_in_the_ages_of_the_version(version, tags, age, is_asked):
    assert ("pregnant" in asked(version, Stage.BOOKING, tags=tags, age=age)) is is_asked


@pytest.mark.parametrize(("version", "tags"), [(MRI, NOBODY), (CT, PELVIS), (XRAY, PELVIS)])
def test_a_center_sets_the_ages(version, tags):
    narrow = replace(version, parameters={**version.parameters, "pregnancy_to_age": 50})

    assert "pregnant" not in asked(narrow, Stage.BOOKING, tags=tags, age=51)


@pytest.mark.parametrize(("version", "tags"), [(MRI, NOBODY), (CT, PELVIS), (XRAY, PELVIS)])
def test_someone_who_books_for_another_is_not_asked_and_the_technologist_is_told(version, tags):
    assert "pregnant" not in asked(version, Stage.BOOKING, tags=tags, age=GROWN, by_proxy=True)

    result = outcome(version, {"pregnant": "yes"}, tags=tags, age=GROWN, by_proxy=True)

    assert (result.disposition, result.rule_keys) == (OK, ("clinical_talk",))
    assert result.effects == (Effect(name="ask_in_private"),)


@pytest.mark.parametrize("version", [CT, XRAY], ids=["CT", "X-ray"])
@pytest.mark.parametrize("by_proxy", [True, False])
def test_nobody_is_asked_where_the_beam_does_not_pass_the_pelvis(version, by_proxy):
    assert "pregnant" not in asked(version, Stage.BOOKING, tags=CHEST, age=GROWN, by_proxy=by_proxy)
    assert outcome(version, {}, tags=CHEST, age=GROWN, by_proxy=by_proxy).rule_keys == ()


@pytest.mark.parametrize(
    ("said", "disposition"), [("yes", REVIEW), ("not_sure", REVIEW), ("no", OK), ("not_apply", OK)]
)
@pytest.mark.parametrize(("version", "tags"), [(MRI, NOBODY), (CT, PELVIS), (XRAY, PELVIS)])
def test_a_pregnancy_is_looked_at_under_a_name_that_tells_nothing(version, tags, said, disposition):
    result = outcome(version, {"pregnant": said}, tags=tags, age=GROWN)

    assert result.disposition == disposition
    assert result.rule_keys == (("clinical_check",) if disposition == REVIEW else ())
    assert not re.search("pregnan|embaraz", str(result.reasons), re.IGNORECASE)


def test_the_pregnancy_question_alone_is_private():
    private = {(name, q.key) for name, form in FORMS.items() for q in form.questions if q.is_private}

    assert private == {(name, "pregnant") for name in FORMS}


# ---------------------------------------------------------------- what an answer leads to


@pytest.mark.parametrize(
    ("ticked", "disposition", "rule"),
    [
        ("pacemaker", CALLBACK, "heart_device"),
        ("aneurysm_clip", CALLBACK, "brain_clip"),
        ("ear_implant", CALLBACK, "held_by_magnet"),
        ("magnet", CALLBACK, "held_by_magnet"),
        ("expander", CALLBACK, "held_by_magnet"),
        ("stimulator", CALLBACK, "stimulator_or_pump"),
        ("pump", CALLBACK, "stimulator_or_pump"),
        ("oxygen", CALLBACK, "oxygen"),
        ("no_driver", CALLBACK, "no_driver"),
        ("heavy", OK, "size"),
        ("tight", OK, "tight_spaces"),
        ("lie_flat", REVIEW, "cannot_lie_flat"),
        ("lift", OK, "lift"),
        ("not_sure", REVIEW, "not_sure_what_applies"),
    ],
)
def test_what_is_ticked_before_an_mri(ticked, disposition, rule):
    result = outcome(MRI, {"fit": [ticked]})

    assert (result.disposition, result.rule_keys) == (disposition, (rule,))


def test_every_box_before_an_mri_leads_somewhere():
    (fit,) = (question for question in MRI.questions if question.key == "fit")

    silent = [value for value in fit.values if not outcome(MRI, {"fit": [value]}).rule_keys]

    assert silent == ["none"]


@pytest.mark.parametrize(
    ("version", "ticked", "needs"),
    [
        (MRI, ["tight"], {"wide_bore": True, "extra_minutes": 15}),
        (MRI, ["lie_flat"], {"extra_minutes": 15}),
        (MRI, ["lift"], {"extra_minutes": 15}),
        (MRI, ["tight", "lie_flat", "lift"], {"wide_bore": True, "extra_minutes": 45}),
        (MRI, ["heavy"], {"weight_lb": 340, "girth_in": 52}),
        (CT, ["heavy"], {"weight_lb": 340}),
        (CT, ["lie_flat", "lift"], {"extra_minutes": 20}),
        (XRAY, ["heavy", "lift"], {"weight_lb": 340, "extra_minutes": 5}),
    ],
)
def test_what_is_ticked_asks_for_a_scanner_and_for_time(version, ticked, needs):
    answers = {"fit": ticked, "weight_lb": 340, "girth_in": 52}
    result = outcome(version, answers, tags=PELVIS)
    found = needs_of(result, answers)

    assert {name: getattr(found, name) for name in needs} == needs
    assert (found.wide_bore, found.extra_minutes) == (
        needs.get("wide_bore", False),
        needs.get("extra_minutes", 0),
    )


@pytest.mark.parametrize(
    ("version", "number", "limit"),
    [(MRI, "weight_lb", 550), (MRI, "girth_in", 60), (CT, "weight_lb", 660), (XRAY, "weight_lb", 660)],
)
def test_beyond_what_scanners_carry_a_person_finds_a_place(version, number, limit):
    at_limit, above = ({"fit": ["heavy"], number: limit + more} for more in (0, 1))

    assert outcome(version, at_limit, tags=PELVIS).disposition == OK
    assert outcome(version, above, tags=PELVIS).disposition == CALLBACK


@pytest.mark.parametrize("said", ["yes", "not_sure"])
@pytest.mark.parametrize(
    ("version", "question", "disposition", "rules"),
    [
        (MRI, "device", REVIEW, {"other_device"}),
        (MRI, "metal_eye", REVIEW, {"metal_in_eye"}),
        (MRI, "metal_body", REVIEW, {"metal_in_body"}),
        (MRI, "surgery", REVIEW, {"recent_surgery"}),
        (MRI, "kidney", REVIEW, {"kidneys"}),
        (MRI, "reaction", REVIEW, {"contrast_reaction"}),
        (MRI, "vessel", REVIEW, {"valve_or_stent"}),
        (MRI, "capsule", REVIEW, {"pill_camera"}),
        (MRI, "joint", OK, {"joint_or_screws"}),
        (MRI, "patch", OK, {"medicine_patch"}),
        (MRI, "glucose", OK, {"pump_or_sensor"}),
        (MRI, "companion", OK, {"companion"}),
        (CT, "reaction", REVIEW, {"contrast_reaction"}),
        (CT, "kidney", REVIEW, {"kidneys", "kidney_test"}),
        (CT, "diabetes", OK, {"kidney_test"}),
        (CT, "metformin", OK, {"kidney_test", "takes_metformin"}),
        (CT, "thyroid", REVIEW, {"overactive_thyroid"}),
        (CT, "barium", OK, {"barium_test"}),
        (CT, "veins", OK, {"hard_veins"}),
        (CT, "glucose", OK, {"pump_or_sensor"}),
        (XRAY, "glucose", OK, {"pump_or_sensor"}),
    ],
)
def test_yes_and_not_sure_lead_to_the_same(version, question, disposition, rules, said):
    result = outcome(version, {question: said}, tags=CONTRAST | PELVIS)

    assert (result.disposition, set(result.rule_keys)) == (disposition, rules)
    assert outcome(version, {question: "no"}, tags=CONTRAST | PELVIS).rule_keys == ()


@pytest.mark.parametrize(
    ("version", "answers"),
    [
        (MRI, {"kidney": "yes"}),
        (CT, {"kidney": "yes"}),
        (CT, {"diabetes": "yes"}),
        (CT, {"metformin": "yes"}),
    ],
)
def test_a_kidney_test_is_asked_for(version, answers):
    assert Effect(name="labs") in outcome(version, answers, tags=CONTRAST).effects
    assert outcome(version, answers).effects == ()  # without contrast nobody is asked


def test_a_heart_device_that_comes_to_mind_later_is_as_serious_as_before():
    told = {"device": "not_sure", "device_which": ["active"]}

    assert outcome(MRI, told).disposition == CALLBACK
    assert outcome(MRI, {**told, "device_which": ["loop_recorder", "other"]}).disposition == REVIEW


@pytest.mark.parametrize(
    ("worn", "rules"),
    [
        (["none"], ()),
        (["tattoo"], ("tattoo",)),
        (["piercing"], ("comes_off",)),
        (["lashes", "hair", "hearing_aid", "dentures", "tattoo"], ("comes_off", "tattoo")),
    ],
)
def test_what_is_worn_only_adds_lines(worn, rules):
    result = outcome(MRI, {"wear": worn})

    assert (result.disposition, result.rule_keys) == (OK, rules)


@pytest.mark.parametrize("version", FORMS.values(), ids=FORMS)
def test_who_would_rather_be_asked_on_the_phone_is_called(version):
    result = outcome(version, {}, prefers_phone=True)

    assert (result.disposition, result.rule_keys) == (REVIEW, ("asked_by_phone",))
