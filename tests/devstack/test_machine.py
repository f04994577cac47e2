from pathlib import Path

from alliance.devstack.machine import has_shared_memory


def test_shared_memory_is_a_folder_that_takes_files(tmp_path):
    assert has_shared_memory(tmp_path) is True
    assert has_shared_memory(tmp_path / "missing") is False
    assert has_shared_memory(Path("/proc")) is False
