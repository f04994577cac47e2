import datetime as dt

import pytest

from scheduling.rules.authorizations import (
    Approval,
    OnFile,
    PayerTerms,
    Problem,
    Scan,
    State,
    act_by,
    is_on_move_list,
    settle_by,
    terms_for,
)

BLUE = PayerTerms(names=("Blue Cross", "BCBS"), is_needed=True, lead_days=3)
BLUE_XRAY = PayerTerms(names=("Blue Cross", "BCBS"), is_needed=False, lead_days=0, modality="XR")
BLUE_KNEE = PayerTerms(names=("Blue Cross",), is_needed=True, lead_days=10, exam_id=7)
AETNA = PayerTerms(names=("Aetna",), is_needed=True, lead_days=5)
ANY = PayerTerms(names=(), is_needed=True, lead_days=2)
ANY_XRAY = PayerTerms(names=(), is_needed=False, lead_days=0, modality="XR")
EVERY = [BLUE, BLUE_XRAY, BLUE_KNEE, AETNA]


@pytest.mark.parametrize(
    ("plan", "exam_id", "modality", "found"),
    [
        ("Blue Cross of Texas PPO", 1, "MR", BLUE),
        ("bcbs tx", 1, "XR", BLUE_XRAY),
        ("BLUE-CROSS", 7, "MR", BLUE_KNEE),
        ("Bcbs", 7, "MR", BLUE),  # the narrow rule has no such name
        ("Aétna Medicare", 1, "CT", AETNA),
        ("Blue Crossing Mutual", 1, "MR", None),  # another word
        ("", 1, "MR", None),
        ("Medicare", 1, "MR", None),
    ],
)
def test_the_narrowest_rule_of_the_insurer_counts(plan, exam_id, modality, found):
    assert terms_for(EVERY, plan=plan, exam_id=exam_id, modality=modality) == found


def test_of_two_as_narrow_the_one_that_wants_more_counts():
    lax = PayerTerms(names=("Aetna",), is_needed=False, lead_days=0)
    for order in ([lax, AETNA], [AETNA, lax]):
        assert terms_for(order, plan="aetna", exam_id=1, modality="MR") == AETNA


@pytest.mark.parametrize(
    ("plan", "modality", "known", "found"),
    [
        ("Medicare", "MR", [*EVERY, ANY], ANY),
        ("Medicare", "XR", [*EVERY, ANY, ANY_XRAY], ANY_XRAY),
        ("bcbs", "XR", [*EVERY, ANY], BLUE_XRAY),  # its own comes first, however wide
        ("aetna", "XR", [*EVERY, ANY_XRAY], AETNA),
        ("", "MR", [*EVERY, ANY], ANY),
        ("", "XR", [BLUE_XRAY, ANY_XRAY], ANY_XRAY),
        ("", "XR", [AETNA, ANY_XRAY], None),  # it may be Aetna
    ],
)
def test_a_rule_for_every_other_insurer(plan, modality, known, found):
    for order in (known, known[::-1]):
        assert terms_for(order, plan=plan, exam_id=1, modality=modality) == found


FIRST, LAST = dt.date(2026, 12, 1), dt.date(2026, 12, 31)
APPROVAL = Approval(exam_id=7, location_id=3, valid_from=FIRST, valid_until=LAST)


@pytest.mark.parametrize(
    ("approval", "exam_id", "location_id", "day", "problem"),
    [
        (APPROVAL, 7, 3, FIRST, None),
        (APPROVAL, 7, 3, LAST, None),
        (APPROVAL, 7, 3, LAST + dt.timedelta(days=1), Problem.ENDED),
        (APPROVAL, 7, 3, FIRST - dt.timedelta(days=1), Problem.NOT_YET),
        (APPROVAL, 7, 4, FIRST, Problem.OTHER_LOCATION),
        (APPROVAL, 8, 4, FIRST, Problem.OTHER_EXAM),
        (Approval(None, None, None, None), 8, 4, FIRST, None),
        (Approval(None, None, None, LAST), 8, 4, LAST, None),
    ],
)
def test_an_approval_is_for_an_exam_a_place_and_days(approval, exam_id, location_id, day, problem):
    assert approval.problem(exam_id=exam_id, location_id=location_id, day=day) == problem


def test_a_move_can_leave_only_what_is_limited():
    assert APPROVAL.is_limited
    assert Approval(7, None, None, LAST).is_limited
    assert not Approval(7, None, None, None).is_limited


NEEDED, NOT_NEEDED, APPROVED = State.NEEDED, State.NOT_NEEDED, State.APPROVED


@pytest.mark.parametrize(
    ("by_rules", "written", "scan", "problem"),
    [
        (None, None, {}, None),
        (NEEDED, None, {}, Problem.NEEDED),
        (State.UNKNOWN, None, {}, Problem.UNKNOWN),
        (NOT_NEEDED, None, {}, None),
        (NEEDED, APPROVED, {}, None),
        (NEEDED, State.REQUESTED, {}, Problem.REQUESTED),
        (NEEDED, State.DENIED, {"pays_self": True}, None),
        (NEEDED, APPROVED, {"location_id": 4}, Problem.OTHER_LOCATION),
        (NEEDED, APPROVED, {"exam_id": 8}, Problem.OTHER_EXAM),
        (NEEDED, State.DENIED, {"exam_id": 8}, Problem.OTHER_EXAM),
        (NOT_NEEDED, APPROVED, {"exam_id": 8}, None),  # corrected to one that nobody asks about
        (NEEDED, NOT_NEEDED, {}, None),
        (NEEDED, NOT_NEEDED, {"exam_id": 8}, Problem.NEEDED),
        (NEEDED, NOT_NEEDED, {"plan": "Aetna"}, Problem.NEEDED),
        (NEEDED, APPROVED, {"plan": "Aetna"}, Problem.OTHER_PLAN),
        (NEEDED, APPROVED, {"plan": "BCBS, TX"}, None),
        (NEEDED, APPROVED, {"plan": "Blue Cross of Texas"}, None),  # the insurer that was written down
    ],
)
def test_what_a_person_wrote_stands_for_what_it_was_written_about(by_rules, written, scan, problem):
    usual = {"exam_id": 7, "location_id": 3, "day": FIRST, "plan": "BCBS TX", "pays_self": False}
    filed = OnFile(by_rules, written, APPROVAL, payer="Blue Cross", plan="bcbs tx")
    assert filed.problem(Scan(**{**usual, **scan})) == problem


def test_a_plan_that_is_named_later_is_the_one_that_staff_knew():
    filed = OnFile(NEEDED, APPROVED, APPROVAL, payer="", plan="")
    scan = Scan(exam_id=7, location_id=3, day=FIRST, plan="Aetna", pays_self=False)
    assert filed.problem(scan) is None


def test_days_are_business_days():
    friday = dt.date(2026, 12, 4)
    assert settle_by(friday, 4) == dt.date(2026, 11, 25)  # over a weekend and Thanksgiving
    assert act_by(friday, 4, Problem.NEEDED) == dt.date(2026, 11, 25)
    assert act_by(friday, 4, Problem.REQUESTED) == dt.date(2026, 12, 2)
    assert [is_on_move_list(friday, today=dt.date(2026, 12, day)) for day in (1, 2, 3)] == [False, True, True]
    monday = dt.date(2026, 12, 7)
    assert is_on_move_list(monday, today=dt.date(2026, 12, 3))
