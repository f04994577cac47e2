import os
import smtplib
import sys
from email import message_from_bytes
from email.message import EmailMessage

from alliance.devstack.mail import answers, mail_program
from alliance.devstack.network import unused_port
from alliance.devstack.processes import Supervisor


def test_messages_are_kept_whole_and_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr("alliance.devstack.mail.PYTHON", sys.executable)
    monkeypatch.setattr("alliance.devstack.mail.LOCAL", tmp_path)
    port, folder, supervisor = unused_port(), tmp_path / "a folder", Supervisor()
    try:
        supervisor.start(mail_program(port, folder, dict(os.environ)))
        supervisor.wait_for("mail server", lambda: answers(port))
        with smtplib.SMTP("127.0.0.1", port) as client:
            for subject in ("first", "second", "third"):
                message = EmailMessage()
                message["Subject"], message["From"], message["To"] = subject, "a@x.example", "b@x.example"
                message.set_content("Visita confirmada: mañana")
                client.send_message(message, to_addrs=["b@x.example", "copy@x.example"])
    finally:
        supervisor.stop()

    kept = [message_from_bytes(path.read_bytes()) for path in sorted(folder.iterdir())]
    assert [message["Subject"] for message in kept] == ["first", "second", "third"]
    assert {message["X-Envelope-To"] for message in kept} == {"b@x.example, copy@x.example"}
    assert kept[0].get_payload(decode=True).decode() == "Visita confirmada: mañana\r\n"
