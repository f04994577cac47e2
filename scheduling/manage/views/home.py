"""Where administrators begin: every area they may open."""

from django.http import HttpResponse

from locations.models import User
from scheduling.manage.areas import areas_of
from scheduling.manage.views.catalogue_base import OfferingsView, StaffRequest


class Home(OfferingsView):
    template_name = "manage/home.html"

    def get(self, request: StaffRequest) -> HttpResponse:
        return self.page(areas=areas_of(request.user))

    def may_open(self, user: User) -> bool:
        return bool(areas_of(user))
