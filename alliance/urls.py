"""The whole site map on one screen."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("scheduling.portal.urls")),
    path("locations/", include("locations.urls")),
    path("desk/", include("scheduling.frontdesk.account_urls")),
    path("desk/", include("scheduling.frontdesk.urls")),
    path("manage/", include("scheduling.manage.urls")),
    path("demo/mailbox/", include("scheduling.messaging.urls")),
    path("admin/", admin.site.urls),
]

handler403 = "scheduling.frontdesk.views.session.not_open"
handler500 = "scheduling.portal.views.outage.went_wrong"
