from django.urls import path

from scheduling.manage.views import drafts, files, hours, listing, parts, publishing, trying, versions

app_name = "manage"
urlpatterns = [
    path("hours/", hours.HoursList.as_view(), name="hours"),
    path("hours/<slug:center>/", hours.WeekPage.as_view(), name="week"),
    path("hours/<slug:center>/<int:scanner_id>/", hours.WeekPage.as_view(), name="scanner-week"),
    path("files/<slug:table>/", files.CatalogueFilePage.as_view(), name="file"),
    path("files/<slug:table>/download/", files.FileDownload.as_view(), name="file-download"),
    path("files/<slug:table>/check/", files.FileCheck.as_view(), name="file-check"),
    path("files/<slug:table>/discard/", files.FileDiscard.as_view(), name="file-discard"),
    path("questionnaires/", listing.Questionnaires.as_view(), name="questionnaires"),
    path("questionnaires/policy/", listing.Policy.as_view(), name="policy"),
    path("questionnaires/<slug:key>/off/", publishing.SwitchOff.as_view(), name="switch-off"),
    path("questionnaires/in-force/<int:publication_id>/end/", publishing.End.as_view(), name="end"),
    path("questionnaires/<int:version_id>/", versions.VersionPage.as_view(), name="version"),
    path("questionnaires/<int:version_id>/copy/", versions.Copy.as_view(), name="copy"),
    path("questionnaires/<int:version_id>/compare/", versions.Compare.as_view(), name="compare"),
    path("questionnaires/<int:version_id>/discard/", drafts.Discard.as_view(), name="discard"),
    path("questionnaires/<int:version_id>/about/", drafts.About.as_view(), name="about"),
    path("questionnaires/<int:version_id>/numbers/", drafts.Parameters.as_view(), name="parameters"),
    path("questionnaires/<int:version_id>/text/add/", drafts.AddText.as_view(), name="add-text"),
    path("questionnaires/<int:version_id>/texts/<slug:key>/", drafts.EditText.as_view(), name="text"),
    path("questionnaires/<int:version_id>/question/add/", parts.AddQuestion.as_view(), name="add-question"),
    path(
        "questionnaires/<int:version_id>/questions/<slug:key>/", parts.EditQuestion.as_view(), name="question"
    ),
    path("questionnaires/<int:version_id>/rule/add/", parts.AddRule.as_view(), name="add-rule"),
    path("questionnaires/<int:version_id>/rules/<slug:key>/", parts.EditRule.as_view(), name="rule"),
    path("questionnaires/<int:version_id>/<slug:kind>/<slug:key>/move/", parts.Move.as_view(), name="move"),
    path(
        "questionnaires/<int:version_id>/<slug:kind>/<slug:key>/delete/",
        parts.Delete.as_view(),
        name="delete",
    ),
    path("questionnaires/<int:version_id>/try/", trying.Try.as_view(), name="try"),
    path("questionnaires/<int:version_id>/publish/", publishing.Publish.as_view(), name="publish"),
]
