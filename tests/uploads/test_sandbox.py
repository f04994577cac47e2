"""The process that opens files: what it may use, and that only its file is lost with it."""

import os
import threading
import time

import pytest

from scheduling.uploads import sandbox
from scheduling.uploads.kinds import LARGEST_FILE, ContentType, Fault, Refused
from scheduling.uploads.sandbox import clean_apart
from tests.files import SECRET, jpeg, located_photo, pdf


def fault(content: bytes) -> Fault:
    with pytest.raises(Refused) as refusal:
        clean_apart(content)
    return refusal.value.fault


def test_files_come_back_clean():
    photo, paper = clean_apart(located_photo()), clean_apart(pdf())
    assert (photo.content_type, paper.content_type) == (ContentType.JPEG, ContentType.PDF)
    assert SECRET.encode() not in photo.content
    assert photo.content.startswith(b"\xff\xd8")
    assert paper.content.startswith(b"%PDF-")


def test_refusals_come_back_by_name():
    assert fault(b"") is Fault.EMPTY
    assert fault(bytes(LARGEST_FILE + 1)) is Fault.TOO_BIG
    assert fault(b"MZ") is Fault.UNKNOWN
    assert fault(pdf(user_password="x")) is Fault.LOCKED


def instead(monkeypatch, program: str) -> None:
    """Another program in the same process; `limit()` gives up means as the real one does."""
    *python, real = sandbox._COMMAND
    path = real.split(";")[1]
    begin = f"import sys;{path}; from scheduling.uploads.child import _give_up_means as limit\n"
    monkeypatch.setattr(sandbox, "_COMMAND", (*python, begin + program))


@pytest.mark.parametrize(
    "program",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "raise SystemExit(1)",
        "print('made-up')",
        "limit(); bytearray(3 * 1024 ** 3); print('image/jpeg')",
        "import os, tempfile as t; limit(); os.write(t.TemporaryFile().fileno(), b'x'); print('image/jpeg')",
    ],
    ids=["crash", "error", "nonsense", "memory", "writing"],
)
def test_a_file_that_breaks_its_process_is_broken(monkeypatch, program):
    instead(monkeypatch, program)
    assert fault(jpeg()) is Fault.BROKEN


def test_a_file_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(sandbox, "PATIENCE", 0.3)
    instead(monkeypatch, "import time; time.sleep(60)")
    began = time.monotonic()
    assert fault(jpeg()) is Fault.BROKEN
    assert time.monotonic() - began < 10


@pytest.fixture
def no_turn(monkeypatch):
    """Others have every turn there is."""
    monkeypatch.setattr(sandbox, "TURN_WITHIN", 0.5)
    taken = [sandbox._turns.acquire(blocking=False) for _ in range(sandbox.AT_ONCE)]
    yield
    sandbox._turns.release(taken.count(True))


def busy_within(budget: sandbox.Budget, *, files: int) -> float:
    began = time.monotonic()
    for _ in range(files):
        with pytest.raises(Refused) as refusal:
            clean_apart(jpeg(), budget)
        assert refusal.value.fault is Fault.BUSY
    return time.monotonic() - began


@pytest.mark.usefixtures("no_turn")
def test_one_request_waits_once_for_its_turn_and_not_long():
    assert busy_within(sandbox.Budget(), files=4) < 1


def test_all_files_of_a_request_share_its_time(monkeypatch):
    instead(monkeypatch, "import time; time.sleep(60)")
    assert busy_within(sandbox.Budget(0.5), files=3) < 5


def test_the_process_knows_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for a decoder")
    instead(monkeypatch, "import os; print('image/jpeg'); print(sorted(os.environ))")
    assert b"SECRET_KEY" not in clean_apart(jpeg()).content


def test_few_files_are_opened_at_once(monkeypatch, tmp_path):
    """A process leaves a mark while it runs; the most marks at a time is the limit."""
    program = f"""
import os, time
mark = os.path.join({os.fspath(tmp_path)!r}, str(os.getpid()))
open(mark, "w").close()
seen = len(os.listdir({os.fspath(tmp_path)!r}))
time.sleep(1)  # longer than a busy machine takes to start the next
os.remove(mark)
print("image/jpeg")
print(seen)
"""
    instead(monkeypatch, program)
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(int(clean_apart(jpeg()).content))) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(found) == sandbox.AT_ONCE
