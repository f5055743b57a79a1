"""The pages of signing in and of one's own account, each with its four states."""

from __future__ import annotations

from fixtures.demo.people import engineer
from tests.browser.filled import BUSY
from tests.browser.people import CAREFUL
from tests.browser.states import (
    BARE,
    HALF_IN,
    HERE,
    NeverEmpty,
    NeverRefused,
    NeverWrong,
    Sights,
    Visit,
    absent,
    just,
    landing,
    nothing,
    refused,
    the,
)

_busy = engineer(BUSY)
_WRONG_CODE = {"code": "000000"}


def _words(*, at: str) -> Sights:
    """A page that says the same to everybody."""
    return Sights(
        full=Visit(nothing, at=at),
        empty=NeverEmpty.ONE_THING,
        error=NeverWrong.NOTHING_GIVEN,
        no_permission=NeverRefused.OPEN,
    )


def _open_form() -> Sights:
    return Sights(full=Visit(nothing), empty=NeverEmpty.FORM, error=refused(nothing), no_permission=NeverRefused.OPEN)


def _own_form(by: str) -> Sights:
    """A form of one's own account."""
    return Sights(
        full=Visit(nothing, by), empty=NeverEmpty.FORM, error=refused(nothing, by), no_permission=landing(nothing)
    )


ACCOUNTS: dict[str, Sights] = {
    "account_login": _open_form(),
    "mfa_authenticate": Sights(
        full=Visit(nothing, HALF_IN),
        empty=NeverEmpty.FORM,
        error=refused(nothing, HALF_IN, _WRONG_CODE),
        no_permission=landing(nothing),
    ),
    "account_signup": _words(at=HERE),
    "account_reset_password": _open_form(),
    "account_reset_password_done": _words(at=HERE),
    "account_reset_password_from_key": Sights(
        full=Visit(the("reset_for", "reset_key")),
        empty=NeverEmpty.FORM,
        error=(refused(the("reset_for", "reset_key")), Visit(just("1", "nothing-of-ours"))),
        no_permission=NeverRefused.OPEN,
    ),
    "account_reset_password_from_key_done": _words(at=HERE),
    "account_change_password": _own_form(_busy),
    "account_reauthenticate": _own_form(_busy),
    "mfa_index": Sights(
        full=Visit(nothing, "administrator"),
        empty=Visit(nothing, _busy, shows="a.button[href*=second-factor]"),
        error=NeverWrong.NOTHING_GIVEN,
        no_permission=landing(nothing),
    ),
    "mfa_reauthenticate": _own_form("decider"),
    "mfa_activate_totp": _own_form("regulator"),
    "mfa_deactivate_totp": Sights(
        full=(Visit(nothing, CAREFUL), Visit(nothing, "decider")),
        empty=absent(nothing, _busy),
        error=absent(nothing, "regulator"),
        no_permission=landing(nothing),
    ),
    "mfa_view_recovery_codes": Sights(
        full=Visit(nothing, "publisher", shows=".recovery-codes"),
        empty=Visit(nothing, "decider", lands="mfa_generate_recovery_codes"),
        error=NeverWrong.NOTHING_GIVEN,
        no_permission=landing(nothing),
    ),
    "mfa_generate_recovery_codes": Sights(
        full=Visit(nothing, "decider"),
        empty=NeverEmpty.FORM,
        error=refused(nothing, _busy),
        no_permission=landing(nothing),
    ),
    "centres:invitation": Sights(
        full=(Visit(the("invitation")), Visit(the("invitation"), _busy)),
        empty=NeverEmpty.FORM,
        error=(refused(the("invitation")), absent(just("nowhere"))),
        no_permission=NeverRefused.OPEN,
    ),
    # --- sign-in elsewhere, where an installation has it ---
    "openid_connect_login": Sights(
        full=Visit(just("elsewhere"), at=BARE),
        empty=NeverEmpty.FORM,
        error=Visit(just("nowhere"), status=404, at=BARE),
        no_permission=NeverRefused.OPEN,
    ),
    **dict.fromkeys(
        (
            "socialaccount_login_error",
            "socialaccount_login_cancelled",
            "socialaccount_signup",
            "socialaccount_connections",
        ),
        _words(at=BARE),
    ),
}
