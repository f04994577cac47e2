import os

import pytest

from alliance.devstack.static_files import collect_if_changed


@pytest.fixture
def sheet(tmp_path, settings):
    source = tmp_path / "static"
    source.mkdir()
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    (source / "site.css").write_text("a{}")
    return source / "site.css"


def test_files_are_collected_again_only_after_a_change(sheet, tmp_path, settings):
    kept = tmp_path / "kept"

    assert collect_if_changed(kept) is True
    assert collect_if_changed(kept) is False

    sheet.write_text("b{}")
    os.utime(sheet, (1, 1))
    assert collect_if_changed(kept) is True
    assert (settings.STATIC_ROOT / "site.css").read_text() == "b{}"

    sheet.unlink()
    assert collect_if_changed(kept) is True
    assert list(settings.STATIC_ROOT.iterdir()) == []
