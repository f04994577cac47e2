import pytest

from scheduling.actions.delivery import deliver_due
from scheduling.messaging.channels import open_channels
from scheduling.queries.access import visit_token
from tests.factories.messages import MessageFactory
from tests.factories.scheduling import BOOKED_AT

pytestmark = pytest.mark.django_db
NAME = "01700000000000000000-1-000001.eml"


@pytest.fixture
def mailbox(settings, tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    settings.MAILBOX_DIR = str(folder)
    return folder


@pytest.fixture
def message(mailbox, mail_server):
    """A confirmation that went over SMTP into the folder."""
    message = MessageFactory()
    with open_channels() as send:
        deliver_due(send=send, now=BOOKED_AT)
    (mailbox / NAME).write_bytes(mail_server.mails[0].as_bytes())
    return message


def test_lists_what_was_sent_newest_first(client, mailbox, message):
    later = (mailbox / NAME).read_text().replace("December 1", "December 2")
    (mailbox / NAME.replace("0-1-", "1-1-")).write_text(later)
    (mailbox / f".{NAME}").write_text("half a mail")
    page = client.get("/demo/mailbox/").content.decode()
    assert page.count("To ana@example.com") == 2
    assert page.index("on Tuesday, December 2") < page.index("on Tuesday, December 1")


def test_an_empty_mailbox_says_so(client, mailbox):
    assert "Nothing yet." in client.get("/demo/mailbox/").content.decode()


def test_a_mail_shows_its_text_with_links_that_work(client, message):
    page = client.get(f"/demo/mailbox/{NAME}/").content.decode()
    link = f"http://127.0.0.1:8000/visit/{visit_token(message.appointment)}/"
    assert f'<a href="{link}"' in page
    assert client.get(link).status_code == 200


def test_the_html_is_shown_in_a_frame_that_runs_nothing(client, message):
    page = client.get(f"/demo/mailbox/{NAME}/").content.decode()
    assert f'<iframe src="/demo/mailbox/{NAME}/html/"' in page
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page
    frame = client.get(f"/demo/mailbox/{NAME}/html/")
    assert "Your visit is booked</h1>" in frame.content.decode()
    assert '<base target="_top">' in frame.content.decode()
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert frame["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self';"
        " sandbox allow-top-navigation-by-user-activation"
    )


@pytest.mark.parametrize("path", ["", f"{NAME}/", f"{NAME}/html/"])
@pytest.mark.parametrize(
    "changes", [{"DEMO": False, "TESTING": False}, {"MAILBOX_DIR": ""}], ids=["not a demo", "no folder"]
)
def test_there_is_no_mailbox_elsewhere(client, message, settings, path, changes):
    assert client.get(f"/demo/mailbox/{path}").status_code == 200
    for name, value in changes.items():
        setattr(settings, name, value)
    assert client.get(f"/demo/mailbox/{path}").status_code == 404


@pytest.mark.parametrize("name", ["..", "none.eml", "..%2Fsecret.eml", f".{NAME}", "secret.txt"])
def test_nothing_but_the_mails_of_the_folder_can_be_read(client, mailbox, name):
    (mailbox / "secret.txt").write_text("secret")
    (mailbox / f".{NAME}").write_text("half a mail")
    (mailbox.parent / "secret.eml").write_text("secret")
    assert client.get(f"/demo/mailbox/{name}/").status_code == 404
    assert client.get(f"/demo/mailbox/{name}/html/").status_code == 404


def test_posting_is_refused(client, message):
    assert client.post(f"/demo/mailbox/{NAME}/").status_code == 405
