import pytest

from scheduling.rules.email_typos import did_you_mean


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ana@gmial.com", "ana@gmail.com"),
        ("Ana.R@gamil.com", "Ana.R@gmail.com"),
        ("ana@gmail.con", "ana@gmail.com"),
        ("ana@gmail.co", "ana@gmail.com"),
        ("ana@GMAL.com", "ana@gmail.com"),
        ("ana@gmaill.com", "ana@gmail.com"),
        ("ana@hotmial.com", "ana@hotmail.com"),
        ("ana@yaho.com", "ana@yahoo.com"),
        ("ana@outlok.com", "ana@outlook.com"),
        ("ana@iclould.com", "ana@icloud.com"),
        ("ana@comcast.nte", "ana@comcast.net"),
        ("ana@gmaik.com", "ana@gmail.com"),
        ("ana@hospital.con", "ana@hospital.com"),
    ],
)
def test_likely_slips_are_mended(typed, meant):
    assert did_you_mean(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["ana@gmail.com", "ana@ymail.com", "ana@mail.com", "ana@x.homes", "o'neil@x.ie", "ana@gmx.com",
     "ana@yahoo.ca",     "ana@hospital.org", "ana@mit.edu", "ana", "", "@gmial.com", "ana@"],
)  # fmt: skip
def test_real_and_unknown_domains_are_left_alone(typed):
    assert did_you_mean(typed) == ""
