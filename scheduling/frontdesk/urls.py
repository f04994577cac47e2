from django.urls import path, register_converter

from scheduling.frontdesk.converters import DayConverter
from scheduling.frontdesk.views import (
    board,
    bursts,
    documents,
    implants,
    labs,
    review_steps,
    reviews,
    session,
    spoken,
    tasks,
    visit,
    waitlist,
)

register_converter(DayConverter, "day")

app_name = "frontdesk"
urlpatterns = [
    path("", session.Desk.as_view(), name="desk"),
    path("sign-in/", session.SignIn.as_view(), name="sign-in"),
    path("sign-out/", session.SignOut.as_view(), name="sign-out"),
    path("at/<slug:center>/", board.Today.as_view(), name="today"),
    path("at/<slug:center>/<day:day>/", board.DayBoard.as_view(), name="board"),
    path("documents/<uuid:document_id>/", documents.StaffDocument.as_view(), name="document"),
    path("tasks/", tasks.TaskList.as_view(), name="tasks"),
    path("tasks/<int:task_id>/done/", tasks.TaskDone.as_view(), name="task-done"),
    path("tasks/<int:task_id>/tried/", tasks.TaskTried.as_view(), name="task-tried"),
    path("tasks/<int:task_id>/take/", tasks.TaskTake.as_view(), name="task-take"),
    path("waitlist/", waitlist.WaitingList.as_view(), name="waitlist"),
    path("waitlist/<int:entry_id>/remove/", waitlist.Remove.as_view(), name="waitlist-remove"),
    path("reviews/", reviews.Reviews.as_view(), name="reviews"),
    path("reviews/<int:task_id>/", reviews.Review.as_view(), name="review"),
    path("reviews/<int:task_id>/look/", review_steps.LookAt.as_view(), name="review-look"),
    path("reviews/<int:task_id>/release/", review_steps.ReleaseVisit.as_view(), name="review-release"),
    path("reviews/<int:task_id>/note/", review_steps.NoteOn.as_view(), name="review-note"),
    path("reviews/<int:task_id>/tried/", review_steps.Tried.as_view(), name="review-tried"),
    path("reviews/<int:task_id>/card/", review_steps.AskForCard.as_view(), name="review-card"),
    path("reviews/<int:task_id>/later/", review_steps.AskForLaterDay.as_view(), name="review-later"),
    path("reviews/<int:task_id>/scanner/", review_steps.UseScanner.as_view(), name="review-scanner"),
    path("reviews/<int:task_id>/cancel/", review_steps.CancelVisit.as_view(), name="review-cancel"),
    path("labs/<int:task_id>/", labs.Labs.as_view(), name="labs"),
    path("labs/<int:task_id>/result/", labs.RecordResult.as_view(), name="labs-result"),
    path("labs/<int:task_id>/here/", labs.PlanTestHere.as_view(), name="labs-here"),
    path("labs/<int:task_id>/waive/", labs.Waive.as_view(), name="labs-waive"),
    path("before-the-scan/", spoken.BeforeTheScan.as_view(), name="before-scan"),
    path("visits/<int:visit_id>/", visit.Visit.as_view(), name="visit"),
    path("visits/<int:visit_id>/step/", visit.Step.as_view(), name="visit-step"),
    path("visits/<int:visit_id>/note/", visit.Note.as_view(), name="visit-note"),
    path("visits/<int:visit_id>/safety/", spoken.Spoken.as_view(), name="spoken"),
    path("visits/<int:visit_id>/implants/", implants.Implants.as_view(), name="implants"),
    path("visits/<int:visit_id>/implants/add/", implants.AddImplant.as_view(), name="implant-add"),
    path(
        "visits/<int:visit_id>/implants/<int:implant_id>/remove/",
        implants.RemoveImplant.as_view(),
        name="implant-remove",
    ),
    path("bursts/", bursts.Bursts.as_view(), name="bursts"),
    path("bursts/review/", bursts.BurstReview.as_view(), name="burst-review"),
    path("bursts/done/", bursts.BurstDone.as_view(), name="burst-done"),
]
