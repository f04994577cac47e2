import os
from pathlib import Path

import pytest

from alliance.devstack.console import SetupError
from alliance.devstack.paths import Lock, fresh_private_folder, socket_folder_path


def test_socket_folder_is_short_even_for_a_long_checkout():
    long = Path("/home") / ("a very long name/" * 40)

    socket = socket_folder_path("run", long) / ".s.PGSQL.5432"

    assert len(os.fsencode(socket)) < 107


def test_socket_folder_differs_by_checkout_and_tag():
    paths = {socket_folder_path(tag, Path(root)) for tag in ("run", "redis") for root in ("/a", "/b")}

    assert len(paths) == 4


def test_fresh_folder_is_private_and_emptied(tmp_path):
    folder = fresh_private_folder(tmp_path / "s")
    (folder / "left.sock").touch()

    assert list(fresh_private_folder(folder).iterdir()) == []
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_link_is_refused_and_its_target_kept(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    (target / "kept").touch()
    (tmp_path / "s").symlink_to(target)

    with pytest.raises(SetupError, match="is not ours"):
        fresh_private_folder(tmp_path / "s")
    assert (target / "kept").exists()


def test_a_strangers_folder_is_refused(tmp_path):
    (tmp_path / "s").mkdir()

    with pytest.raises(SetupError, match="is not ours"):
        fresh_private_folder(tmp_path / "s", owners=frozenset({os.geteuid() + 1}))


def test_lock_is_held_by_one(tmp_path):
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")

    assert first.acquire() is True
    assert second.acquire() is False
    first.release()
    assert second.acquire() is True
    second.release()


def test_a_shared_lock_keeps_out_who_wants_it_alone(tmp_path):
    first, second, alone = (Lock(tmp_path / "lock") for _ in range(3))
    first.share()
    second.share()

    assert alone.acquire() is False
    first.release()
    second.release()
    assert alone.acquire() is True
    alone.release()
