import pytest

from scheduling.rules.search import AskedExam, NotDone, read_search, search_words


@pytest.mark.parametrize(
    ("text", "words", "contrast"),
    [
        ("MRI of the left Knee", ("mri", "knee"), False),
        ("X-ray, hand (3 views)", ("xray", "hand"), False),
        ("x rays of both feet", ("xrays", "feet"), False),
        ("MRI L-spine w/o", ("mri", "lspine"), False),
        ("c spine", ("cspine",), False),
        ("CT chest with contrast", ("ct", "chest"), True),
        ("CT chest w/ IV dye", ("ct", "chest"), True),
        ("CT chest without contrast", ("ct", "chest"), False),
        ("CT chest no contrast", ("ct", "chest"), False),
        ("MRI brain with and without contrast", ("mri", "brain"), True),
        ("MRI brain w/wo", ("mri", "brain"), True),
        ("MRI brain w/o contrast", ("mri", "brain"), False),
        ("resonancia con y sin contraste", ("resonancia",), True),
        ("tomografía de tórax sin contraste", ("tomografia", "torax"), False),
        ("contrast", (), True),
        ("knee knee KNEE", ("knee",), False),
        (
            "one two three four five six seven eight nine",
            ("one", "two", "three", "four", "five", "six", "seven", "eight"),
            False,
        ),
        ("a b c 1 22 3v", (), False),
        ("\x00 \x1f ?", (), False),
        ("", (), False),
    ],
)
def test_read_search(text, words, contrast):
    assert read_search(text) == AskedExam(words, contrast=contrast)


def test_read_search_cuts_long_words_and_texts():
    assert read_search("k" * 1_000_000) == AskedExam(("k" * 40,), contrast=False)


def test_search_words_are_folded_and_stand_once():
    assert search_words("Knee X-ray, 3 views", "Radiografía de rodilla", "x ray; xray") == (
        "knee ray radiografia rodilla xray"
    )


@pytest.mark.parametrize(
    ("text", "words", "covid"),
    [
        ("covid", (), True),
        ("COVID-19 test", (), True),
        ("coronavirus", (), True),
        ("chest xray covid", ("chest", "xray"), True),
        ("SARS-CoV-2 chest CT", ("chest", "ct"), True),
        ("chest ct", ("chest", "ct"), False),
    ],
)
def test_covid_is_no_body_part_and_no_scan(text, words, covid):
    assert read_search(text) == AskedExam(words, contrast=False, covid=covid)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ultrasound", NotDone.ULTRASOUND),
        ("knee ultra sound", NotDone.ULTRASOUND),
        ("ecografía", NotDone.ULTRASOUND),
        ("mammogram", NotDone.MAMMOGRAM),
        ("mamografía", NotDone.MAMMOGRAM),
        ("DEXA", NotDone.BONE_DENSITY),
        ("bone density scan", NotDone.BONE_DENSITY),
        ("pet scan", NotDone.PET),
        ("PET/CT", NotDone.PET),
        ("bone scan", NotDone.NUCLEAR),
        ("petite knee mri", None),
        ("scan of the bone", None),
    ],
)
def test_pictures_that_no_scanner_here_takes(text, kind):
    assert read_search(text).not_done == kind
