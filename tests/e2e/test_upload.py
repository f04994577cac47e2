"""Sending an order from a phone: with and without scripts, and what of it can be seen again."""

import pytest

from scheduling.models import Document
from tests.e2e.world import Guide
from tests.files import SECRET, jpeg, located_photo, pdf

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def file(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def send(guide: Guide, *files: dict) -> None:
    guide.page.locator("[name=files]").set_input_files(list(files))
    guide.press("Send")


@pytest.mark.parametrize("has_scripts", [False, True], ids=["no scripts", "scripts"])
def test_an_order_is_sent_seen_removed_and_booked_with(guide, has_scripts, check_axe, check_fits):
    visitor = guide(width=390, java_script_enabled=has_scripts)
    page = visitor.page
    draft = visitor.screened("check")
    page.get_by_role("link", name="Add a photo or PDF of the order").click()

    send(visitor, file("order.heic", located_photo("HEIF", size=(600, 400))), file("order.pdf", pdf(2)))

    assert page.locator("#papers").evaluate("here => here === document.activeElement")
    assert page.locator(".papers li").count() == 2
    if has_scripts:
        check_axe(page)
    check_fits(page)
    page.locator(".papers li", has_text="order.pdf").get_by_role("button").click()
    assert page.locator(".papers li").count() == 1
    page.get_by_role("link", name="order.heic").click()
    assert page.evaluate("document.images[0].naturalWidth") == 600  # shown, though browsers know no HEIC
    page.go_back()
    page.get_by_role("link", name="Done").click()
    assert "order.heic" in page.locator("main").inner_text()
    visitor.press("Book this visit")
    page.get_by_role("link", name="Open my visit").click()
    assert "1 file added" in page.locator("main").inner_text()

    paper = Document.objects.get()
    assert (paper.draft, paper.appointment.draft_id) == (None, draft.pk)


def test_a_refused_file_is_said_beside_the_field_and_the_others_are_kept(guide):
    visitor = guide(width=390)
    page = visitor.page
    draft = visitor.draft("draft-order")

    send(visitor, file("order.exe", b"MZ"), file("order.jpg", jpeg()))

    assert page.title().startswith("Error: ")
    assert page.locator(".summary").evaluate("here => here === document.activeElement")
    page.locator(".summary a").click()
    assert page.evaluate("document.activeElement.name") == "files"
    described = page.locator("[name=files]").get_attribute("aria-describedby").split()
    words = " ".join(page.locator(f"#{each}").inner_text() for each in described)
    assert "order.exe: We can open photos (JPEG, PNG, HEIC) and PDF" in words
    assert page.locator(".papers li").count() == 1
    assert Document.objects.get().draft == draft


def test_a_pdf_is_saved_under_a_name_of_ours(guide):
    visitor = guide(width=390)
    visitor.draft("draft-order")
    send(visitor, file(f"{SECRET}.pdf", pdf()))
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name=SECRET).click()
    assert download.value.suggested_filename == "document.pdf"
