"""Every rule of every shipped set: an answer that it speaks about, and the nearest one that it does not.

Answered on Tuesday, December 1, 2026. A rule that counts days has its last day and the day after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from scheduling.rules.conditions import parts_of
from scheduling.rules.screening import RuleSpec, VersionSpec, assess
from tests.factories.screening import CT, MRI, TODAY, XRAY, A, B, circumstances

SETS: dict[str, VersionSpec] = {"a": A, "b": B, "mri": MRI, "ct": CT, "xray": XRAY}
CHEST = {"tags": frozenset({"chest_respiratory"})}
LUNG = {"tags": frozenset({"chest_respiratory", "lung-cancer-screening-ct-low-dose"})}
CONTRAST = {"tags": frozenset({"contrast"})}
PELVIS = {"tags": frozenset({"beam_through_pelvis"})}
NO_ORDER = {"has_order": False}


@dataclass(frozen=True)
class Case:
    answers: dict[str, Any]
    where: dict[str, Any] = field(default_factory=dict)

    def holds(self, version: VersionSpec, rule: str) -> bool:
        where = {"visit_on": TODAY + timedelta(days=1), **self.where}
        return rule in assess(version, self.answers, circumstances(**where)).rule_keys


def case(answers: dict[str, Any], *where: dict[str, Any], on: str = "") -> Case:
    """`on`: the day of the visit, tomorrow without it."""
    day = {"visit_on": date.fromisoformat(on)} if on else {}
    return Case(answers, {key: value for each in (*where, day) for key, value in each.items()})


def ill(*signs: str, **more: str) -> dict[str, Any]:
    return {"sympt": list(signs), "sympt_date": "2026-11-29", "fever_24h": "no", "better": "same", **more}


def positive(**more: str) -> dict[str, Any]:
    return {"pos": "yes", "pos_which": "covid", "pos_date": "2026-11-30", **more}


def stay_home(until: str) -> dict[str, Any]:
    return {"isol": "yes", "isol_end": "known", "isol_date": until}


EMERGENCY = {
    "emergency": [(case({"emerg": "yes"}), case({"emerg": "no"}))],
    "emergency_usual": [
        (case({"emerg": "yes", "emerg_usual": "yes"}), case({"emerg": "yes", "emerg_usual": "no"}))
    ],
}
# (an answer that the rule speaks about, one that it does not); several where it counts days
RESPIRATORY = {
    **EMERGENCY,
    "chest_without_order": [
        (case({"why_chest": "not_sure"}, CHEST, NO_ORDER), case({"why_chest": "no"}, CHEST, NO_ORDER)),
        (case({"why_chest": "yes"}, CHEST, NO_ORDER), case({"why_chest": "yes"}, CHEST)),
    ],
    "chest_with_order": [
        (case({"why_chest": "yes"}, CHEST), case({"why_chest": "yes"})),
        (case({}, CHEST, {"reason": "covid?"}), case({}, CHEST, {"reason": "cough"})),
    ],
    "chest_workup_positive": [(case(positive(), CHEST), case(positive(), LUNG))],
    "told_to_isolate": [  # until a day: the day after is the first
        (case(stay_home("2026-12-02"), on="2026-12-02"), case(stay_home("2026-12-02"), on="2026-12-03")),
        (case(stay_home("2026-12-01"), on="2026-12-01"), case(stay_home("2026-12-01"), on="2026-12-02")),
    ],
    "told_to_isolate_no_end": [
        (case({"isol": "yes", "isol_end": "unknown"}), case(stay_home("2026-12-04"))),
        (
            case(stay_home("2026-12-02"), CHEST, on="2026-12-02"),
            case(stay_home("2026-12-02"), CHEST, on="2026-12-03"),
        ),
    ],
    "weak_defenses": [(case(ill("nose", immuno="yes")), case(ill("nose", immuno="no")))],
    "short_of_breath_or_worse": [
        (case(ill("breath")), case(ill("cough"))),
        (case(ill("nose", better="worse")), case(ill("nose", better="better"))),
    ],
    "lung_screening_while_ill": [  # a week; asked again where the visit is more than three days away
        (case(ill("cough"), LUNG), case(ill("nose"), LUNG)),
        (case(ill("fever"), LUNG), case(ill("fever"))),
        (case(ill("fever"), LUNG, on="2026-12-04"), case(ill("fever"), LUNG, on="2026-12-05")),
    ],
    "symptoms": [
        (case(ill("fever")), case(ill("throat"))),
        (case(ill("nose", fever_24h="yes")), case(ill("nose"))),
        (case(ill("cough"), CHEST, NO_ORDER), case(ill("cough"), CHEST)),
    ],
    "chest_workup": [(case(ill("cough"), CHEST), case(ill("cough"), CHEST, NO_ORDER))],
    "mild_signs": [(case(ill("tired")), case(ill("aches")))],
    "close_contact": [  # ten days before the visit, and not eleven
        (
            case({"expo": "yes", "expo_date": "2026-11-22"}, on="2026-12-02"),
            case({"expo": "yes", "expo_date": "2026-11-22"}, on="2026-12-03"),
        ),
        (case({"expo": "yes"}), case({"expo": "no", "expo_date": "2026-11-30"})),
    ],
    "companion_ill": [(case({"compan": "yes"}), case({"compan": "no"}))],
}
HEALTHCARE = {
    "positive_covid": [  # day 0 is the onset, or the test without signs; day 10 waits, day 11 comes
        (
            case(positive(pos_date="2026-11-22"), on="2026-12-02"),
            case(positive(pos_date="2026-11-21"), on="2026-12-02"),
        ),
        (
            case({**positive(), **ill("cough", sympt_date="2026-11-22")}, on="2026-12-02"),
            case({**positive(), **ill("cough", sympt_date="2026-11-22")}, on="2026-12-03"),
        ),
        (
            case(positive(pos_ill="yes", pos_onset="2026-11-23"), on="2026-12-03"),
            case(positive(pos_ill="yes", pos_onset="2026-11-23"), on="2026-12-04"),
        ),
        (case(positive(pos_which="not_sure")), case(positive(pos_which="rsv"))),
        (case(positive(), LUNG), case(positive(), CHEST)),
        (case(positive(), CHEST, NO_ORDER), case({"pos": "no"})),
    ],
    "positive_flu_or_rsv": [
        (case(positive(pos_which="flu")), case(positive())),
        (case(positive(pos_which="rsv")), case(positive(pos_which="not_sure"))),
    ],
}
COMMUNITY = {
    "positive_not_better": [  # a week; asked again where the visit is more than three days away
        (case({"pos": "yes", **ill("cough")}), case({"pos": "yes", **ill("cough", better="better")})),
        (case({"pos": "yes", **ill("nose", fever_24h="yes", better="better")}), case({"pos": "yes"})),
        (
            case({"pos": "yes", **ill("cough")}, on="2026-12-04"),
            case({"pos": "yes", **ill("cough")}, on="2026-12-05"),
        ),
    ],
    "positive_recovering": [(case({"pos": "yes"}), case({"pos": "no"}))],
    "getting_better": [(case(ill("cough", better="better")), case(ill("cough")))],
}


def said(question: str, *where: dict[str, Any], **more: Any) -> list[tuple[Case, Case]]:
    """“Yes” and “not sure” are heard alike; “no” is not."""
    return [
        (case({question: answer, **more}, *where), case({question: "no", **more}, *where))
        for answer in ("yes", "not_sure")
    ]


def ticked(question: str, *values: str) -> list[tuple[Case, Case]]:
    return [(case({question: [value]}), case({question: ["none"]})) for value in values]


def heavier(question: str, most: int, *where: dict[str, Any]) -> list[tuple[Case, Case]]:
    typed = ({"fit": ["heavy"], question: number} for number in (most + 1, most))
    over, at = (case(answers, *where) for answers in typed)
    return [(over, at)]


def of_age(*where: dict[str, Any]) -> list[tuple[Case, Case]]:
    """Asked of the patient from 10 to 55; where somebody else answers, the technologist asks."""
    proxy = {"by_proxy": True}
    return [
        (case({}, *where, proxy, {"age": inside}), case({}, *where, proxy, {"age": outside}))
        for inside, outside in ((10, 9), (55, 56))
    ] + [(case({}, *where, proxy, {"age": 30}), case({}, *where, {"age": 30}))]


def pregnant(*where: dict[str, Any]) -> list[tuple[Case, Case]]:
    return said("pregnant", *where, {"age": 30})


BY_PHONE = [(case({}, {"prefers_phone": True}), case({}))]
SAFETY_MRI = {
    "heart_device": ticked("fit", "pacemaker"),
    "brain_clip": ticked("fit", "aneurysm_clip"),
    "held_by_magnet": ticked("fit", "ear_implant", "magnet", "expander"),
    "stimulator_or_pump": ticked("fit", "stimulator", "pump"),
    "oxygen": ticked("fit", "oxygen"),
    "no_driver": ticked("fit", "no_driver"),
    "beyond_limits": heavier("weight_lb", 550) + heavier("girth_in", 60),
    "size": ticked("fit", "heavy"),
    "tight_spaces": ticked("fit", "tight"),
    "cannot_lie_flat": ticked("fit", "lie_flat"),
    "lift": ticked("fit", "lift"),
    "not_sure_what_applies": ticked("fit", "not_sure"),
    "active_device": [
        (
            case({"device": "yes", "device_which": ["active"]}),
            case({"device": "yes", "device_which": ["loop_recorder"]}),
        )
    ],
    "other_device": said("device"),
    "metal_in_eye": said("metal_eye"),
    "metal_in_body": said("metal_body"),
    "recent_surgery": said("surgery"),
    "kidneys": said("kidney", CONTRAST),
    "contrast_reaction": said("reaction", CONTRAST),
    "clinical_check": pregnant(),
    "clinical_talk": of_age(),
    "valve_or_stent": said("vessel"),
    "pill_camera": said("capsule"),
    "joint_or_screws": said("joint"),
    "medicine_patch": said("patch"),
    "pump_or_sensor": said("glucose"),
    "comes_off": ticked("wear", "piercing", "lashes", "hair", "hearing_aid", "dentures"),
    "tattoo": ticked("wear", "tattoo"),
    "companion": said("companion"),
    "asked_by_phone": BY_PHONE,
}
SAFETY_CT = {
    "beyond_limits": heavier("weight_lb", CT.parameters["most_weight_lb"]),
    "size": ticked("fit", "heavy"),
    "cannot_lie_flat": ticked("fit", "lie_flat"),
    "lift": ticked("fit", "lift"),
    "not_sure_what_applies": ticked("fit", "not_sure"),
    "contrast_reaction": said("reaction", CONTRAST),
    "kidneys": said("kidney", CONTRAST),
    "overactive_thyroid": said("thyroid", CONTRAST),
    "clinical_check": pregnant(PELVIS),
    "clinical_talk": of_age(PELVIS),
    "kidney_test": said("kidney", CONTRAST) + said("diabetes", CONTRAST) + said("metformin", CONTRAST),
    "takes_metformin": said("metformin", CONTRAST),
    "barium_test": said("barium", PELVIS),
    "hard_veins": said("veins", CONTRAST),
    "pump_or_sensor": said("glucose"),
    "asked_by_phone": BY_PHONE,
}
IN_BEAM = [
    (case(yes.answers, PELVIS), case(no.answers, PELVIS))
    for yes, no in ticked("fit", "heavy", "lie_flat", "lift", "not_sure")
]
SAFETY_XRAY = {
    "beyond_limits": heavier("weight_lb", XRAY.parameters["most_weight_lb"], PELVIS),
    "size": IN_BEAM[:1],
    "cannot_lie_flat": IN_BEAM[1:2],
    "lift": IN_BEAM[2:3],
    "not_sure_what_applies": IN_BEAM[3:],
    "clinical_check": pregnant(PELVIS),
    "clinical_talk": of_age(PELVIS),
    "pump_or_sensor": said("glucose", PELVIS) + said("glucose", CHEST),
    "asked_by_phone": BY_PHONE,
}
TABLE: dict[str, dict[str, list[tuple[Case, Case]]]] = {
    "a": RESPIRATORY | HEALTHCARE,
    "b": RESPIRATORY | COMMUNITY,
    "mri": SAFETY_MRI,
    "ct": SAFETY_CT,
    "xray": SAFETY_XRAY,
}


def rows() -> Iterator[tuple[str, str, Case, Case]]:
    for name, table in TABLE.items():
        for rule, pairs in table.items():
            for spoken, spared in pairs:
                yield name, rule, spoken, spared


@pytest.mark.parametrize(("name", "rule", "spoken", "spared"), list(rows()))
def test_a_rule_speaks_here_and_not_next_to_it(name, rule, spoken, spared):
    assert (spoken.holds(SETS[name], rule), spared.holds(SETS[name], rule)) == (True, False)


@pytest.mark.parametrize("name", SETS)
def test_no_rule_is_left_out(name):
    assert {rule.key for rule in SETS[name].rules} == TABLE[name].keys()


def counts_days(rule: RuleSpec) -> bool:
    return rule.defer is not None or any("within_days" in part for part in parts_of(rule.condition))


@pytest.mark.parametrize("name", SETS)
def test_a_rule_that_counts_days_is_tried_on_both_sides_of_its_last(name):
    """Two rows with the same answers, where only a day differs."""
    without = [
        rule.key
        for rule in SETS[name].rules
        if counts_days(rule) and not any(only_a_day_differs(*pair) for pair in TABLE[name][rule.key])
    ]
    assert without == []


def only_a_day_differs(one: Case, other: Case) -> bool:
    rest = [{key: value for key, value in each.where.items() if key != "visit_on"} for each in (one, other)]
    return _without_days(one) == _without_days(other) and rest[0] == rest[1] and one != other


def _without_days(one: Case) -> dict[str, Any]:
    return {key: answer for key, answer in one.answers.items() if not key.endswith("_date")}
