"""The demo's mailbox. Answers 404 on every server that patients reach."""

from django.urls import path

from scheduling.messaging import demo_mailbox

app_name = "demo"

urlpatterns = [
    path("", demo_mailbox.mailbox, name="mailbox"),
    path("<str:name>/", demo_mailbox.mail, name="mail"),
    path("<str:name>/html/", demo_mailbox.mail_html, name="mail-html"),
]
