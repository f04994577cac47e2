"""A patient's paper, for staff of the place where the visit is. Every look is in the history."""

from uuid import UUID

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views import View

from scheduling.actions.documents import note_view
from scheduling.file_response import file_response
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.queries.access import document_for_staff
from scheduling.rules.actors import Actor


class StaffDocument(LoginRequiredMixin, View):
    http_method_names = ["get"]

    def get(self, request: StaffRequest, document_id: UUID) -> HttpResponseBase:
        document = document_for_staff(request.user, document_id)
        note_view(document=document, now=timezone.now(), by=Actor.staff(request.user.pk))
        return file_response(document)
