from django.urls import path

from scheduling.frontdesk.views import bursts, documents, reviews, session, spoken, tasks, waitlist

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
    path("reviews/<int:task_id>/look/", reviews.LookAt.as_view(), name="review-look"),
    path("reviews/<int:task_id>/release/", reviews.ReleaseVisit.as_view(), name="review-release"),
    path("reviews/<int:task_id>/note/", reviews.NoteOn.as_view(), name="review-note"),
    path("reviews/<int:task_id>/tried/", reviews.Tried.as_view(), name="review-tried"),
    path("before-the-scan/", spoken.BeforeTheScan.as_view(), name="before-scan"),
    path("visits/<int:visit_id>/safety/", spoken.Spoken.as_view(), name="spoken"),
    path("bursts/", bursts.Bursts.as_view(), name="bursts"),
    path("bursts/review/", bursts.BurstReview.as_view(), name="burst-review"),
    path("bursts/done/", bursts.BurstDone.as_view(), name="burst-done"),
]
