"""Handing out a patient's paper: as what it was found to be, able to do nothing, and kept by no cache."""

from django.http import FileResponse
from django.utils.cache import add_never_cache_headers

from scheduling.models import Document
from scheduling.queries.documents import open_document

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


def file_response(document: Document) -> FileResponse:
    """A picture is shown, a PDF is saved: browsers refuse to show one in a sandbox. The name it is saved by
    is ours and tells nothing. Raises NotFound."""
    ending = "jpg" if document.is_picture else "pdf"
    answer = FileResponse(
        open_document(document),
        as_attachment=not document.is_picture,
        filename=f"document.{ending}",
        content_type=document.content_type,
    )
    answer["Content-Security-Policy"] = _POLICY
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["X-Content-Type-Options"] = "nosniff"
    add_never_cache_headers(answer)
    return answer
