"""What the pages about papers show, in words."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scheduling.forms.words import Words
from scheduling.models import Document
from scheduling.queries.documents import MOST, Owner, documents_of
from scheduling.uploads.kinds import MEGABYTE


@dataclass(frozen=True, slots=True)
class About:
    """The words of one kind of paper. `name` stands in the title, and tells nothing of the patient."""

    name: Words
    title: Words
    text: Words
    without: Words  # what to do when it is not at hand


ABOUT = {
    Document.Kind.ORDER: About(
        gettext_lazy("Add your doctor’s order"),
        gettext_lazy("Add your doctor’s order"),
        gettext_lazy("Take a photo of each page, or choose a PDF. Every word should be easy to read."),
        gettext_lazy("Not at hand? You can send it later, or bring the paper with you."),
    ),
    Document.Kind.DEVICE_CARD: About(
        gettext_lazy("Add a photo"),
        gettext_lazy("Add a photo of your device card"),
        gettext_lazy("The card names the maker and the model. Take a photo of the front and the back."),
        gettext_lazy("No card? That is fine. We will ask you about the device."),
    ),
}

_SIDES = {
    Document.Kind.INSURANCE_FRONT: gettext_lazy("Front"),
    Document.Kind.INSURANCE_BACK: gettext_lazy("Back"),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One line of components/papers.html."""

    id: str
    name: str
    about: str
    url: str


@dataclass(frozen=True, slots=True)
class DocumentsPage:
    about: About
    papers: list[Paper]
    room: int  # how many more

    @property
    def most(self) -> int:
        return self.room + len(self.papers)


def documents_page(owner: Owner, kind: Document.Kind, url_of: Callable[[Document], str]) -> DocumentsPage:
    papers = [paper_of(document, url_of) for document in documents_of(owner, kind)]
    return DocumentsPage(ABOUT[kind], papers, MOST[kind] - len(papers))


def paper_of(document: Document, url_of: Callable[[Document], str]) -> Paper:
    kind = _("Photo") if document.is_picture else _("PDF")
    about = _("%(kind)s, %(size)s") % {"kind": kind, "size": size_words(document.size)}
    if document.kind in _SIDES:
        about = f"{_SIDES[Document.Kind(document.kind)]}. {about}"
    return Paper(str(document.pk), document.original_name, about, url_of(document))


def size_words(size: int) -> str:
    if size < MEGABYTE:
        return _("%(size)s KB") % {"size": max(1, round(size / 1000))}
    return _("%(size).1f MB") % {"size": size / MEGABYTE}


def count_words(count: int) -> str:
    return ngettext("%(count)s file added", "%(count)s files added", count) % {"count": count}
