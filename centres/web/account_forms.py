"""The package's forms with our labels and words; whether a code is right is asked of our own service."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

from centres.services.second_factor import check_code
from core.errors import UserFacingError
from operations.http.validators import reached_by_mail
from operations.templatetags.words import said

Words = dict[str, tuple[Any, Any]]  # by field: its label, and what to say when it is empty


class _Worded(forms.Form):
    """Labels, what to say of an empty field, and help; without the package's placeholders."""

    words: ClassVar[Words] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
            if name in self.words:
                field.label, field.error_messages["required"] = self.words[name]


class SignInForm(_Worded, account.LoginForm):
    words: ClassVar[Words] = {
        "login": (_("User name"), _("Type your user name.")),
        "password": (_("Password"), _("Type your password.")),
    }


class PasswordForm(_Worded, account.ReauthenticateForm):
    words: ClassVar[Words] = {"password": (_("Password"), _("Type your password."))}


class _NewPassword(_Worded):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("At least ten characters; a few words are easier to remember than symbols.")
        self.fields["password1"].help_text = words


class ChangePasswordForm(_NewPassword, account.ChangePasswordForm):
    words: ClassVar[Words] = {
        "oldpassword": (_("Present password"), _("Type your present password.")),
        "password1": (_("New password"), _("Type a new password.")),
        "password2": (_("New password once more"), _("Type the new password once more.")),
    }


class NewPasswordForm(_NewPassword, account.ResetPasswordKeyForm):
    words: ClassVar[Words] = {
        "password1": (_("New password"), _("Type a new password.")),
        "password2": (_("New password once more"), _("Type the new password once more.")),
    }


class ResetPasswordForm(_Worded, account.ResetPasswordForm):
    words: ClassVar[Words] = {"email": (_("E-mail address"), _("Type the address your invitation came to."))}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].validators.append(reached_by_mail)


class _Code(_Worded):
    words: ClassVar[Words] = {"code": (_("One-time code"), _("Type the code your app shows."))}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "spellcheck": "false", "maxlength": "20"}

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        try:
            self.authenticator = check_code(self.user, code)  # type: ignore[attr-defined]  # set by the package's form
        except UserFacingError as refusal:
            raise forms.ValidationError(said(refusal.told), code=refusal.code) from refusal
        return code


class CodeForm(_Code, AuthenticateForm):
    """To sign in."""


class CodeAgainForm(_Code, ReauthenticateForm):
    """To confirm what others rely on."""


class FirstCodeForm(_Worded, ActivateTOTPForm):
    words = _Code.words

    def clean_code(self) -> str:
        code: str = "".join(self.cleaned_data["code"].split())
        self.cleaned_data["code"] = code
        try:
            return str(super().clean_code())
        except forms.ValidationError as refusal:
            if refusal.code != "incorrect_code":
                raise
            words = _("The code does not fit the key shown here. Type the one your app shows now.")
            raise forms.ValidationError(words, code="wrong_code") from refusal
