"""Sending papers for a draft and for a visit: by whom, until when, and what the pages say."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from scheduling.models import Appointment, AuditEvent, Document, Offering, Task
from scheduling.portal.limits import UPLOADED, UPLOADS
from scheduling.queries.access import visit_token
from scheduling.queries.documents import MOST
from scheduling.uploads.kinds import LARGEST_FILE
from tests.factories.documents import DocumentFactory
from tests.factories.journey import NOW
from tests.factories.scheduling import AppointmentFactory
from tests.factories.tasks import TaskFactory
from tests.files import SECRET, jpeg, located_photo, pdf
from tests.portal.test_visit import BIRTH_DATE

LATER = dt.timedelta(days=3)


@pytest.fixture
def visit(world):
    return AppointmentFactory(scanner=world[0], exam=world[1])


def draft_url(name, draft, **key):
    return reverse(f"portal:{name}", kwargs={"draft_id": draft.pk, **key})


def visit_url(name, visit, **key):
    return reverse(f"portal:{name}", kwargs={"token": visit_token(visit), **key})


@pytest.fixture
def opened(client, visit):
    client.post(visit_url("visit", visit), BIRTH_DATE)
    return client


def file(name: str, content: bytes, content_type="application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


def send(client, url, *files):
    return client.post(url, {"files": list(files)})


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_an_order_is_sent_with_the_draft(client, draft):
    url = draft_url("draft-order", draft)
    assert "Not at hand? You can send it later" in client.get(url).content.decode()

    answer = send(client, url, file("page 1.jpg", located_photo()), file("page 2.pdf", pdf()))

    assert (answer.status_code, answer["Location"]) == (303, f"{url}#papers")
    first, second = Document.objects.all()
    assert (first.original_name, first.content_type, first.draft) == ("page 1.jpg", "image/jpeg", draft)
    assert (second.original_name, second.content_type) == ("page 2.pdf", "application/pdf")
    assert first.uploaded_by == f"patient:draft {draft.pk}"
    page = client.get(url).content.decode()
    assert page.index("page 1.jpg") < page.index("page 2.pdf")
    assert "Add another photo or PDF" in page


def test_the_check_page_says_what_was_sent_and_leads_there(client, draft):
    check = client.get(draft_url("check", draft)).content.decode()
    assert "None yet. Add a photo or PDF now or later." in check
    assert draft_url("draft-order", draft) in check

    DocumentFactory(draft=draft, original_name="<b>order</b>.jpg")
    check = client.get(draft_url("check", draft)).content.decode()
    assert "&lt;b&gt;order&lt;/b&gt;.jpg" in check


def test_who_waits_for_the_office_is_asked_for_no_copy(client, draft):
    draft.order_status = Appointment.OrderStatus.OFFICE_SENDS
    draft.save()
    assert "Copy of the order" not in client.get(draft_url("check", draft)).content.decode()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("order.jpg", b"MZ\x90 a program", "We can open photos (JPEG, PNG, HEIC) and PDF"),
        ("order.pdf", b"<svg onload='x'/>", "We can open photos (JPEG, PNG, HEIC) and PDF"),
        ("order.png", b"<!doctype html><script>", "We can open photos (JPEG, PNG, HEIC) and PDF"),
        ("order.jpg", jpeg() + bytes(17_500_000), "That file is 18 MB. The most we can take is 15 MB"),
        ("order.pdf", pdf(user_password="x"), "That PDF is locked with a password"),
        ("order.jpg", jpeg()[:200], "We could not open that file"),
        ("order.pdf", b"", "That file is empty"),
    ],
    ids=["program", "svg", "html", "18 MB", "locked", "half", "empty"],
)
def test_what_we_cannot_take_is_said_beside_the_field(client, draft, name, content, words):
    answer = send(client, draft_url("draft-order", draft), file(name, content, "image/jpeg"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(words) == 2  # above the page, and beside the field
    assert "<title>Error: " in page
    assert not Document.objects.exists()


def test_a_name_and_a_type_say_nothing(client, draft):
    send(client, draft_url("draft-order", draft), file("virus.exe", jpeg(), "text/html"))
    assert Document.objects.get().content_type == "image/jpeg"


def test_nothing_chosen(client, draft):
    answer = client.post(draft_url("draft-order", draft))
    assert answer.status_code == 422
    assert "Choose a photo or a PDF first" in answer.content.decode()


def test_good_files_are_kept_when_others_are_refused(client, draft):
    answer = send(client, draft_url("draft-order", draft), file("a.jpg", jpeg()), file("b.exe", b"MZ"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "b.exe: We can open photos" in page
    assert Document.objects.get().original_name == "a.jpg"
    assert page.count("a.jpg") == 2  # the link and its button, no error


def test_only_as_many_as_there_is_room_for(client, draft):
    url = draft_url("draft-order", draft)
    for _ in range(MOST["order"] - 1):
        DocumentFactory(draft=draft)
    answer = send(client, url, file("a.jpg", jpeg()), file("b.pdf", pdf()))
    assert (answer.status_code, Document.objects.count()) == (422, 9)
    assert "Choose 1 file" in answer.content.decode()

    assert send(client, url, file("a.jpg", jpeg())).status_code == 303
    page = client.get(url).content.decode()
    assert "You have sent 10 files, which is the most we can keep." in page
    assert 'type="file"' not in page
    assert send(client, url, file("c.jpg", jpeg((9, 9)))).status_code == 422
    assert Document.objects.count() == 10


def test_removing(client, draft):
    mine, other = DocumentFactory(draft=draft), DocumentFactory(appointment=AppointmentFactory())
    url = draft_url("draft-order", draft)
    for key in (other.pk, uuid.uuid4(), "no key", mine.pk, mine.pk):
        assert client.post(url, {"remove": str(key)}).status_code == 303
    assert list(Document.objects.all()) == [other]


def test_what_was_sent_can_be_looked_at(client, draft):
    photo = DocumentFactory(draft=draft, content=jpeg())
    paper = DocumentFactory(draft=draft, content=pdf(), content_type="application/pdf")

    shown = client.get(draft_url("draft-document", draft, document_id=photo.pk))
    saved = client.get(draft_url("draft-document", draft, document_id=paper.pk))

    assert (body(shown), body(saved)) == (jpeg(), pdf())
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert shown["Content-Disposition"] == 'inline; filename="document.jpg"'
    assert saved["Content-Disposition"] == 'attachment; filename="document.pdf"'
    for answer in (shown, saved):
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "no-store" in answer["Cache-Control"]
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_lost_file_is_not_found(client, draft):
    document = DocumentFactory(draft=draft, stored_as="gone")
    assert client.get(draft_url("draft-document", draft, document_id=document.pk)).status_code == 404


def test_after_booking_the_old_page_leads_to_the_visit(client, draft, world):
    AppointmentFactory(scanner=world[0], exam=world[1], draft=draft)
    answer = send(client, draft_url("draft-order", draft), file("a.jpg", jpeg()))
    assert answer.status_code == 409
    assert "already booked" in answer.content.decode()
    assert not Document.objects.exists()


def test_an_order_is_sent_for_a_visit_after_the_birth_date(client, visit):
    url = visit_url("visit-order", visit)
    asked_first = client.get(url)["Location"]
    assert asked_first == visit_url("visit", visit) + "?to=visit-order"
    assert send(client, url, file("a.jpg", jpeg()))["Location"] == asked_first
    assert not Document.objects.exists()

    assert client.post(asked_first, BIRTH_DATE)["Location"] == url
    assert send(client, url, file("a.jpg", jpeg())).status_code == 303

    document = Document.objects.get()
    assert (document.appointment, document.uploaded_by) == (visit, f"patient:visit {visit.pk}")
    assert Task.objects.open().get(appointment=visit).kind == "match_order"


def test_my_visit_says_what_is_missing_and_what_came(opened, visit):
    page = opened.get(visit_url("visit", visit)).content.decode()
    assert "Send us your doctor’s order" in page
    assert visit_url("visit-order", visit) in page

    DocumentFactory(appointment=visit)
    page = opened.get(visit_url("visit", visit)).content.decode()
    assert "Send us your doctor’s order" not in page
    assert "1 file added" in page


@pytest.mark.parametrize(
    ("status", "needed", "words"),
    [
        ("have_it", "yes", "A photo or a PDF. Or bring the paper with you."),
        ("office_sends", "yes", "Your doctor’s office is sending it."),
        ("none", "center decides", "Ask your doctor’s office for it."),
        ("received", "yes", ""),
        ("none", "no", ""),
    ],
)
def test_what_my_visit_says_about_the_order(opened, visit, status, needed, words):
    visit.exam.order_required, visit.order_status = needed, status
    visit.exam.save()
    visit.save()
    page = opened.get(visit_url("visit", visit)).content.decode()
    assert ("Send us your doctor’s order" in page) == bool(words)
    assert words in page


def test_papers_of_a_visit_that_has_started_stay_as_they_are(opened, visit, clock):
    document = DocumentFactory(appointment=visit)
    clock.move_to(visit.starts_at, tick=False)
    opened.post(visit_url("visit", visit), BIRTH_DATE)

    url = visit_url("visit-order", visit)
    for answer in (opened.get(url), opened.post(url, {"remove": str(document.pk)})):
        assert (answer.status_code, answer["Location"]) == (303, visit_url("visit", visit))
    assert Document.objects.get() == document
    answer = opened.get(visit_url("visit-document", visit, document_id=document.pk))
    assert answer.status_code == 200  # what was sent can still be seen
    assert body(answer)


def test_a_look_at_a_visits_paper_is_in_its_history(opened, visit):
    document = DocumentFactory(appointment=visit)
    body(opened.get(visit_url("visit-document", visit, document_id=document.pk)))
    event = AuditEvent.objects.get(event="document.viewed")
    assert (event.actor_kind, event.object_id) == ("patient", str(document.pk))


def test_papers_of_others_look_like_none(client, opened, draft, visit):
    others = [
        DocumentFactory(appointment=AppointmentFactory(starts_at=visit.starts_at + LATER)),
        DocumentFactory(draft=draft),
    ]
    missing = visit_url("visit-document", visit, document_id=uuid.uuid4())
    pages = {opened.get(missing).content}
    for document in others:
        answer = opened.get(visit_url("visit-document", visit, document_id=document.pk))
        assert answer.status_code == 404
        pages.add(answer.content)
    mine = DocumentFactory(appointment=visit)
    pages.add(client.get(draft_url("draft-document", draft, document_id=mine.pk)).content)
    assert len(pages) == 1


def test_a_closed_browser_opens_no_paper(client, visit):
    document = DocumentFactory(appointment=visit)
    answer = client.get(visit_url("visit-document", visit, document_id=document.pk))
    assert (answer.status_code, answer["Location"]) == (303, visit_url("visit", visit))


def test_the_card_of_a_device(client, draft, opened, visit):
    for url in (draft_url("draft-card", draft), visit_url("visit-card", visit)):
        page = client.get(url).content.decode()
        assert "<h1>Add a photo of your device card</h1>" in page
        assert "<title>Add a photo - " in page  # a device is nobody's business on a shared screen
        send(client, url, file("front.jpg", jpeg()), file("back.jpg", jpeg((20, 20))))
    assert {document.kind for document in Document.objects.all()} == {"device_card"}
    assert Document.objects.filter(appointment=visit).count() == 2
    assert not Task.objects.filter(appointment=visit).exists()


def test_my_visit_asks_for_the_card_only_where_an_answer_is_looked_at(opened, visit):
    title = "Device or implant card"
    assert title not in text_of_visit(opened, visit)
    TaskFactory(kind="match_order", appointment=visit, location=visit.location)
    assert title not in text_of_visit(opened, visit)
    review = TaskFactory(kind="review", appointment=visit, location=visit.location)
    assert title in text_of_visit(opened, visit)
    assert visit_url("visit-card", visit) in text_of_visit(opened, visit)
    visit.exam.modality = "CT"
    visit.exam.save()
    assert title not in text_of_visit(opened, visit)

    review.delete()
    DocumentFactory(appointment=visit, kind="device_card")
    assert title in text_of_visit(opened, visit)
    assert "1 file added" in text_of_visit(opened, visit)


def text_of_visit(client, visit) -> str:
    return client.get(visit_url("visit", visit)).content.decode()


def test_who_is_called_back_can_send_what_helps(client, draft):
    Offering.objects.update(minimum_age=90)  # set up by phone
    TaskFactory(draft=draft, location=draft.location)
    page = client.get(draft_url("callback", draft)).content.decode()
    assert draft_url("draft-order", draft) in page
    assert draft_url("draft-card", draft) in page
    draft.exam.modality = "XR"
    draft.exam.save()
    assert draft_url("draft-card", draft) not in client.get(draft_url("callback", draft)).content.decode()


def test_who_is_called_back_goes_back_to_that_page(client, draft):
    assert draft_url("check", draft) in client.get(draft_url("draft-card", draft)).content.decode()
    TaskFactory(draft=draft, location=draft.location)
    page = client.get(draft_url("draft-card", draft)).content.decode()
    assert draft_url("callback", draft) in page
    assert draft_url("check", draft) not in page


def test_each_look_at_a_paper_of_a_draft_is_in_the_history(client, draft):
    document = DocumentFactory(draft=draft, appointment=None)
    assert body(client.get(draft_url("draft-document", draft, document_id=document.pk)))
    event = AuditEvent.objects.get(event="document.viewed")
    assert (event.object_id, event.actor_name) == (str(document.pk), f"draft {draft.pk}")
    assert event.after == {"kind": "order", "appointment": None}


def test_uploads_are_limited_before_anything_is_opened(client, draft, monkeypatch):
    monkeypatch.setitem(UPLOADS, "limit", 1)
    url = draft_url("draft-order", draft)
    assert send(client, url, file("a.jpg", jpeg())).status_code == 303
    assert send(client, url, file("b.pdf", pdf())).status_code == 429
    assert client.post(url, {"remove": str(Document.objects.get().pk)}).status_code == 303


def test_files_that_are_sent_together_count_each(client, draft, monkeypatch):
    monkeypatch.setitem(UPLOADS, "limit", 2)
    url = draft_url("draft-order", draft)
    assert send(client, url, *(file(f"{name}.jpg", jpeg()) for name in "abc")).status_code == 429
    assert not Document.objects.exists()


def test_megabytes_of_a_day_are_limited(client, draft, monkeypatch):
    monkeypatch.setitem(UPLOADED, "limit", 2)
    url = draft_url("draft-order", draft)
    assert send(client, url, file("a.jpg", jpeg() + b"x" * 1_500_000)).status_code == 303
    assert send(client, url, file("b.jpg", jpeg((65, 48)))).status_code == 429


def test_what_is_too_big_to_be_kept_uses_up_nothing_of_the_day(client, draft, monkeypatch):
    """A film chosen by mistake must not keep a whole clinic, behind one address, from sending papers."""
    monkeypatch.setitem(UPLOADED, "limit", 2)
    url = draft_url("draft-order", draft)
    answer = send(client, url, file("film.jpg", bytes(LARGEST_FILE + 1)))
    assert answer.status_code == 422
    assert "That file is 16 MB" in answer.content.decode()
    assert send(client, url, file("a.jpg", jpeg())).status_code == 303


def test_nothing_of_a_photo_but_its_picture_is_ever_in_our_hands(client, draft, caplog):
    send(client, draft_url("draft-order", draft), file(f"{SECRET}.jpg", located_photo()))
    kept = client.get(draft_url("draft-document", draft, document_id=Document.objects.get().pk))
    assert SECRET.encode() not in body(kept)
    assert SECRET not in caplog.text
    assert SECRET not in str(list(AuditEvent.objects.values()))


def test_draft_papers_can_be_sent_before_the_visit_is_complete(client, empty_draft):
    url = draft_url("draft-order", empty_draft)
    assert send(client, url, file("a.jpg", jpeg())).status_code == 303
    assert client.get(url).status_code == 200
    assert Document.objects.get().uploaded_at >= NOW
