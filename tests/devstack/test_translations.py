import gettext
import os

from alliance.devstack.translations import compile_all

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Your visit"
msgstr "Su visita"

#, fuzzy
msgid "Not sure"
msgstr "Quizá"
"""


def test_only_newer_sources_are_compiled_and_doubtful_ones_left_out(tmp_path):
    source = tmp_path / "locale/es/LC_MESSAGES/django.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO)

    target = source.with_suffix(".mo")
    assert compile_all(tmp_path) == [target]
    assert compile_all(tmp_path) == []
    os.utime(source, (target.stat().st_mtime + 5,) * 2)
    assert compile_all(tmp_path) == [target]
    with target.open("rb") as file:
        spanish = gettext.GNUTranslations(file)
    assert (spanish.gettext("Your visit"), spanish.gettext("Not sure")) == ("Su visita", "Not sure")
