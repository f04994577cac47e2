from django.urls import path

from scheduling.frontdesk.views import (
    bursts,
    documents,
    review_steps,
    reviews,
    session,
    spoken,
    tasks,
    waitlist,
)

app_name = "frontdesk"
urlpatterns = [
    path("", session.Desk.as_view(), name="desk"),
    path("sign-in/", session.SignIn.as_view(), name="sign-in"),
    path("sign-out/", session.SignOut.as_view(), name="sign-out"),
    path("documents/<uuid:document_id>/", documents.StaffDocument.as_view(), name="document"),
    path("tasks/", tasks.TaskList.as_view(), name="tasks"),
    path("tasks/<int:task_id>/done/", tasks.TaskDone.as_view(), name="task-done"),
    path("tasks/<int:task_id>/tried/", tasks.TaskTried.as_view(), name="task-tried"),
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
    path("before-the-scan/", spoken.BeforeTheScan.as_view(), name="before-scan"),
    path("visits/<int:visit_id>/safety/", spoken.Spoken.as_view(), name="spoken"),
    path("bursts/", bursts.Bursts.as_view(), name="bursts"),
    path("bursts/review/", bursts.BurstReview.as_view(), name="burst-review"),
    path("bursts/done/", bursts.BurstDone.as_view(), name="burst-done"),
]
