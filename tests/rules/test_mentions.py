import pytest

from scheduling.rules.mentions import COVID_WORDS, mention_of, mentions, word_list
from tests.factories.screening import A, B

SHIPPED = [word_list(version.texts["covid_words"]) for version in (A, B)]


@pytest.mark.parametrize("words", [COVID_WORDS, *SHIPPED], ids=["search", "set A", "set B"])
@pytest.mark.parametrize(
    "text",
    [
        "COVID",
        "rule out covid-19",
        "Covid 19?",
        "covid19+",
        "COVID‑19",  # a hyphen that does not break
        "cóvid",
        "post-COVID follow-up",
        "PostCovid",
        "long covid, short of breath",
        "Coronavirus",
        "CORONA  VIRUS",
        "corona-virus",
        "SARS-CoV-2 pneumonia",
        "sarscov2",
        "sars cov",
        "ｃｏｖｉｄ",
        "para ver si tengo COVID",
        "neumonía por coronavirus",
        "secuelas de la COVID-19",
        "poscovid",
    ],
)
def test_covid_is_found_however_it_is_written(text, words):
    assert mentions(text, words)


@pytest.mark.parametrize("words", [COVID_WORDS, *SHIPPED], ids=["search", "set A", "set B"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "cough for three weeks",
        "coronary calcium CT",
        "enfermedad coronaria",
        "Corona, CA 92879",
        "corona radiata",
        "Dr. Rona Virani",
        "Covidien stapler after surgery",
        "sarcoidosis",
        "microvideo",
        "covid1925",
        "nódulo pulmonar",
    ],
)
def test_other_words_are_not(text, words):
    assert not mentions(text, words)


def test_a_list_is_what_stands_between_commas_in_any_language():
    assert word_list({"en": " covid,  corona virus ,, ", "es": "covid, gripe"}) == (
        "covid",
        "corona virus",
        "gripe",
    )


@pytest.mark.parametrize("words", [(), ("",), ("?!",)])
def test_an_empty_list_mentions_nothing(words):
    assert not mentions("covid", words)


def test_signs_in_a_word_are_no_pattern():
    assert mentions("c+d", ["c+d"])
    assert not mentions("ccd", ["c.d"])


def test_all_of_a_mention_is_taken_out_of_a_search():
    assert mention_of(COVID_WORDS).sub("", "chest xray covid 19 today") == "chest xray  today"
