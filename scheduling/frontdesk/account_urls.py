"""Sign-in, second factors, passwords and sessions. The names of the first two are those that django-allauth
looks for; of its addresses only these exist."""

from django.urls import path

from scheduling.frontdesk.views import factors, passwords, session, sessions

urlpatterns = [
    path("sign-in/", session.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", session.SecondFactor.as_view(), name="mfa_authenticate"),
    path("account/", factors.Account.as_view(), name="mfa_index"),
    path("account/app/", factors.AddApp.as_view(), name="mfa_activate_totp"),
    path("account/app/remove/", factors.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("account/passkey/", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/remove/", factors.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("account/codes/", factors.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("account/codes/new/", factors.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("account/again/", factors.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("account/again/passkey/", factors.PasskeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
    path("account/again/password/", factors.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("account/password/", passwords.ChangePassword.as_view(), name="account_change_password"),
    path("account/sessions/", sessions.Sessions.as_view(), name="account_sessions"),
    path("account/sessions/end/", sessions.EndOtherSessions.as_view(), name="account_end_sessions"),
    path("account/sessions/<int:pk>/end/", sessions.EndSession.as_view(), name="account_end_session"),
    path("join/<str:token>/", passwords.Join.as_view(), name="account_join"),
    path("password/", passwords.Forgot.as_view(), name="account_forgot"),
    path("password/sent/", passwords.ForgotSent.as_view(), name="account_forgot_sent"),
    path("password/<str:token>/", passwords.NewPassword.as_view(), name="account_new_password"),
]
