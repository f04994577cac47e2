"""The patient's pages. From the draft on, no exam, body part or person in an address."""

from django.urls import path

from scheduling.portal.views import (
    changes,
    check,
    covid,
    exams,
    guidance,
    home,
    lost,
    move,
    time,
    visit,
    where,
    who,
)

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("guidance/<slug:slug>/", guidance.guidance, name="guidance"),
    path("book/exam/", exams.choose_exam, name="exams"),
    path("book/exam/<slug:slug>/", exams.ExamView.as_view(), name="exam"),
    path("book/exam/<slug:slug>/order/", exams.order_first, name="order-first"),
    path("book/<uuid:draft_id>/exam/", exams.ChangeExam.as_view(), name="change-exam"),
    path("book/<uuid:draft_id>/exams/", exams.OtherExam.as_view(), name="other-exam"),
    path("book/<uuid:draft_id>/order/", exams.DraftOrderFirst.as_view(), name="draft-order-first"),
    path("book/<uuid:draft_id>/where/", where.Where.as_view(), name="where"),
    path("book/<uuid:draft_id>/time/", time.ChooseTime.as_view(), name="time"),
    path("book/<uuid:draft_id>/keep/", time.KeepHolding.as_view(), name="keep"),
    path("book/<uuid:draft_id>/patient/", who.Patient.as_view(), name="patient"),
    path("book/<uuid:draft_id>/contact/", who.Contact.as_view(), name="contact"),
    path("book/<uuid:draft_id>/number/", who.Number.as_view(), name="number"),
    path("book/<uuid:draft_id>/callback/", who.Callback.as_view(), name="callback"),
    path("book/<uuid:draft_id>/covid-test/", covid.CovidTest.as_view(), name="covid-test"),
    path("book/<uuid:draft_id>/covid/", covid.Covid.as_view(), name="covid"),
    path("book/<uuid:draft_id>/covid/questions/", covid.CovidQuestions.as_view(), name="covid-questions"),
    path("book/<uuid:draft_id>/covid/more/", covid.CovidMore.as_view(), name="covid-more"),
    path("book/<uuid:draft_id>/covid/outcome/", covid.CovidOutcome.as_view(), name="covid-outcome"),
    path("book/<uuid:draft_id>/check/", check.Check.as_view(), name="check"),
    path("book/<uuid:draft_id>/clear/", who.Clear.as_view(), name="clear"),
    path("visit/", visit.FindVisit.as_view(), name="find-visit"),
    path("visit/lost/", lost.LostLink.as_view(), name="lost"),
    path("visit/lost/sent/", lost.lost_sent, name="lost-sent"),
    path("visit/<str:token>/", visit.Visit.as_view(), name="visit"),
    path("visit/<str:token>/booked/", visit.Booked.as_view(), name="booked"),
    path("visit/<str:token>/appointment.ics", visit.CalendarFile.as_view(), name="calendar"),
    path("visit/<str:token>/come/", changes.Come.as_view(), name="come"),
    path("visit/<str:token>/close/", visit.Close.as_view(), name="close"),
    path("visit/<str:token>/cancel/", changes.Cancel.as_view(), name="cancel"),
    path("visit/<str:token>/take-back/", changes.TakeBack.as_view(), name="take-back"),
    path("visit/<str:token>/again/", changes.Again.as_view(), name="again"),
    path("visit/<str:token>/move/", move.Move.as_view(), name="move"),
    path("visit/<str:token>/move/where/", move.MoveWhere.as_view(), name="move-where"),
    path("visit/<str:token>/move/check/", move.MoveCheck.as_view(), name="move-check"),
]
