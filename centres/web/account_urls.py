"""Pages of one's own account, under the names the package looks for. No route lets anybody sign up."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import TemplateView

from centres.web import account

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", account.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", account.SignInCode.as_view(), name="mfa_authenticate"),
    path("sign-in/accounts/", TemplateView.as_view(template_name="account/signup_closed.html"), name="account_signup"),
    path("sign-in/forgotten/", account.Forgotten.as_view(), name="account_reset_password"),
    path("sign-in/forgotten/sent/", account.ForgottenSent.as_view(), name="account_reset_password_done"),
    re_path(
        r"^sign-in/forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[\w.:-]+)/$",
        account.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("sign-in/forgotten/done/", account.NewPasswordDone.as_view(), name="account_reset_password_from_key_done"),
    path("account/", account.Account.as_view(), name="mfa_index"),
    path("account/password/", account.ChangePassword.as_view(), name="account_change_password"),
    path("account/confirm/", account.ConfirmByPassword.as_view(), name="account_reauthenticate"),
    path("account/confirm/code/", account.ConfirmByCode.as_view(), name="mfa_reauthenticate"),
    path("account/second-factor/", account.SetUp.as_view(), name="mfa_activate_totp"),
    path("account/second-factor/remove/", account.Remove.as_view(), name="mfa_deactivate_totp"),
    path("account/recovery-codes/", account.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new/", account.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
]
if settings.OIDC_SERVER:
    _failed = TemplateView.as_view(template_name="socialaccount/authentication_error.html")
    urlpatterns += [
        path("sign-in/", include("allauth.socialaccount.providers.openid_connect.urls")),
        path("sign-in/elsewhere/failed/", _failed, name="socialaccount_login_error"),
        path("sign-in/elsewhere/cancelled/", _failed, name="socialaccount_login_cancelled"),
        path(
            "sign-in/elsewhere/unknown/",
            TemplateView.as_view(template_name="account/signup_closed.html"),
            name="socialaccount_signup",
        ),
        path("sign-in/elsewhere/", _failed, name="socialaccount_connections"),
    ]
