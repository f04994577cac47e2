"""What is typed again without accents finds the person; what spells another name does not."""

import pytest

from scheduling.rules.names import LONGEST_FOLDED, fold, fold_name, without_invisible


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("O'Connor", "oconnor"),
        ("D’Arcy", "darcy"),
        ("ʻAkaka", "akaka"),
        ("Guðmundsdóttir", "gudmundsdottir"),
        ("Nguyễn", "nguyen"),
        ("Đặng", "dang"),
        ("Łukasz Bøe", "lukasz boe"),
        ("İnci Işık", "inci isik"),
        ("Weiß", "weiss"),
        ("Ǿrsted", "orsted"),
        ("ŉ Roux", "n roux"),
        ("ℋenry", "henry"),
        ("  Núñez-Ortega  de la Cruz ", "nunez ortega de la cruz"),
        ("李", "李"),
        ("Андрей", "андреи"),
        ("Κώστας", "κωστασ"),
        ("מִרְיָם", "מרים"),
        ("مُحَمَّد", "محمد"),
        ("رضا\u200cیی", "رضایی"),  # a joiner of no width is not a space
        ("한국", "한국"),
        ("", ""),
        ("’ -", ""),
    ],
)
def test_folded(typed, folded):
    assert fold(typed) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("one", "other"), [("मीना", "मीनी"), ("राम", "रमा"), ("がいと", "かいと"), ("นิด", "นัด"), ("Ana", "Anna")]
)
def test_marks_that_spell_a_name_are_kept(one, other):
    """Twins have one birth date and one phone: their names must not fold into one."""
    assert fold(one) != fold(other)


def test_two_surnames_may_stand_in_either_field():
    assert fold_name("Ana María", "Núñez") == fold_name("Ana", "María Nuñez")
    assert fold_name("Sukarno", "") == "sukarno"


def test_a_name_that_folds_into_more_than_the_column_holds_is_cut():
    assert len(fold_name("\ufdfa" * 100, "")) == LONGEST_FOLDED


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("\u202d(512) 555-0147\u202c", "(512) 555-0147"),
        ("\ufeffAna", "Ana"),
        ("Ana\u202e", "Ana"),
        ("رضا\u200cیی", "رضا\u200cیی"),
    ],
)
def test_what_is_copied_along_is_left_out_and_joiners_stay(pasted, meant):
    assert without_invisible(pasted) == meant
