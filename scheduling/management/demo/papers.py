"""An order on paper: drawn here, with nothing on it that is anybody's."""

from datetime import datetime
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from scheduling.actions.documents import NewFile, add_documents
from scheduling.models import Appointment, Document, Task
from scheduling.rules.actors import Actor
from scheduling.uploads.cleaning import clean_file

BY = Actor.process("make_demo")
LETTER: Final = (1275, 1650)  # pixels: a Letter page at 150 to the inch


def make_papers(*, now: datetime) -> None:
    """For the next visit whose order is to be matched."""
    matched = Task.objects.open().filter(kind=Task.Kind.MATCH_ORDER).order_by("appointment__starts_at")
    visit = Appointment.objects.with_place().get(pk=matched.values_list("appointment_id", flat=True)[0])
    page = drawn(f"{visit.exam.name} {visit.get_laterality_display()}")
    order = NewFile("order.jpg", clean_file(page))
    add_documents(owner=visit, kind=Document.Kind.ORDER, files=[order], now=now, by=BY)


def drawn(exam: str) -> bytes:
    page = Image.new("RGB", LETTER, "white")
    pen, ink = ImageDraw.Draw(page), "#1E1B22"
    words = (
        ("Example order, not a real one", 40),
        ("Hill Country Family Practice", 34),
        (f"Exam: {exam}", 44),
        ("Reason: pain for six weeks", 34),
        ("Signed: Dr. R. Example", 34),
    )
    for number, (line, size) in enumerate(words):
        pen.text((110, 140 + 170 * number), line, fill=ink, font=ImageFont.load_default(size))
    pen.rectangle((60, 60, LETTER[0] - 60, LETTER[1] - 60), outline=ink, width=4)
    out = BytesIO()
    page.save(out, "PNG")
    return out.getvalue()
