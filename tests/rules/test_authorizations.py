import datetime as dt

import pytest

from scheduling.rules.authorizations import (
    Approval,
    PayerTerms,
    Problem,
    is_on_move_list,
    settle_by,
    terms_for,
)

BLUE = PayerTerms(names=("Blue Cross", "BCBS"), is_needed=True, lead_days=3)
BLUE_XRAY = PayerTerms(names=("Blue Cross", "BCBS"), is_needed=False, lead_days=0, modality="XR")
BLUE_KNEE = PayerTerms(names=("Blue Cross",), is_needed=True, lead_days=10, exam_id=7)
AETNA = PayerTerms(names=("Aetna",), is_needed=True, lead_days=5)
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


FIRST, LAST = dt.date(2026, 12, 1), dt.date(2026, 12, 31)
APPROVAL = Approval(exam_id=7, location_id=3, valid_from=FIRST, valid_until=LAST)


@pytest.mark.parametrize(
    ("approval", "exam_id", "location_id", "day", "problem"),
    [
        (APPROVAL, 7, 3, FIRST, None),
        (APPROVAL, 7, 3, LAST, None),
        (APPROVAL, 7, 3, LAST + dt.timedelta(days=1), Problem.OTHER_DAYS),
        (APPROVAL, 7, 3, FIRST - dt.timedelta(days=1), Problem.OTHER_DAYS),
        (APPROVAL, 7, 4, FIRST, Problem.OTHER_LOCATION),
        (APPROVAL, 8, 4, FIRST, Problem.OTHER_EXAM),
        (Approval(None, None, None, None), 8, 4, FIRST, None),
        (Approval(None, None, None, LAST), 8, 4, LAST, None),
    ],
)
def test_an_approval_is_for_an_exam_a_place_and_days(approval, exam_id, location_id, day, problem):
    assert approval.problem(exam_id=exam_id, location_id=location_id, day=day) == problem


def test_days_are_business_days():
    friday = dt.date(2026, 12, 4)
    assert settle_by(friday, 4) == dt.date(2026, 11, 25)  # over a weekend and Thanksgiving
    assert [is_on_move_list(friday, today=dt.date(2026, 12, day)) for day in (1, 2, 3)] == [False, True, True]
    monday = dt.date(2026, 12, 7)
    assert is_on_move_list(monday, today=dt.date(2026, 12, 3))
