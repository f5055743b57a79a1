"""In which states a page is looked at: filled, empty, answering a mistake, and asked for by somebody it is not for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from django.urls import reverse

from tests.browser.filled import Filled

STATES = ("full", "empty", "error", "no_permission")
FORM = "main form"
EMPTY_BOX = ".empty"
SIGN_IN = "account_login"
# Somebody whose password was right and whose code is still asked for.
HALF_IN = "half in"
# Where a page is looked at: in the installation that is filled, or in one with people and nothing else.
HERE, BARE = "here", "bare"
# Addresses of sign-in elsewhere, which the bare installation has switched on and the process of the tests has not.
ELSEWHERE = {
    "openid_connect_login": "/sign-in/oidc/{}/login/",
    "socialaccount_login_error": "/sign-in/elsewhere/failed/",
    "socialaccount_login_cancelled": "/sign-in/elsewhere/cancelled/",
    "socialaccount_signup": "/sign-in/elsewhere/unknown/",
    "socialaccount_connections": "/sign-in/elsewhere/",
}
Place = Callable[[Filled], tuple[str, ...]]


class NeverEmpty(StrEnum):
    """Why a page has no empty state."""

    FORM = "a form, which is empty as it is opened"
    ONE_THING = "shows one thing that is there, or says the same at all times"
    ABSENT = "with nothing to show it is as absent as what never was: its error shows it"
    ONESELF = "whoever may look is on the list themselves"
    LOGGED = "the log speaks of it from its first day on"
    UNDOCUMENTED = "only in an installation without the documentation"


class NeverWrong(StrEnum):
    """Why a page has no error to answer with."""

    NOTHING_GIVEN = "takes no form, and its address names nothing"


class NeverRefused(StrEnum):
    """Why nobody is refused a page."""

    OPEN = "open to everybody"


@dataclass(frozen=True)
class Visit:
    """One page in one state, as one person (or nobody) sees it.

    `form`: one that is sent as `sends` says, one after the other; `status`: the answer to the last thing done;
    `shows`: what has to stand there; `lands`: the route of another page that answers instead.
    """

    place: Place
    by: str = ""
    status: int = 200
    query: str = ""
    form: str = ""
    sends: tuple[Mapping[str, str], ...] = ()
    shows: str = ""
    lands: str = ""
    at: str = HERE
    name: str = ""
    state: str = ""

    def address(self, filled: Filled) -> str:
        if self.name in ELSEWHERE:
            return ELSEWHERE[self.name].format(*self.place(filled))
        return reverse(self.name, args=self.place(filled)) + self.query

    @property
    def answered_by(self) -> str:
        """The route whose page is looked at in the end."""
        return self.lands or self.name

    @property
    def called(self) -> str:
        """Its route, its state and who looks, as a part of a file's name."""
        return "-".join((self.name.replace(":", "_"), self.state, (self.by or "nobody").replace(" ", "-")))


Visits = Visit | tuple[Visit, ...]


@dataclass(frozen=True)
class Sights:
    """A page in its four states; where one cannot be, why not."""

    full: Visits
    empty: Visits | NeverEmpty
    error: Visits | NeverWrong
    no_permission: Visits | NeverRefused

    def of(self, state: str) -> tuple[Visit, ...]:
        """The visits of a state; none where it cannot be."""
        given = getattr(self, state)
        return () if isinstance(given, StrEnum) else (given,) if isinstance(given, Visit) else given

    def reason(self, state: str) -> StrEnum | None:
        """Why there is none."""
        given = getattr(self, state)
        return given if isinstance(given, StrEnum) else None

    def visits(self, name: str) -> Iterator[Visit]:
        """All of them under the name of their page; an empty state shows its box unless it says what else."""
        for state in STATES:
            for one in self.of(state):
                box = EMPTY_BOX if state == "empty" and one.status == 200 and not one.lands else ""
                yield replace(one, name=name, state=state, shows=one.shows or box)


# --- what is said of many pages ---


def refused(place: Place, by: str = "", *given: Mapping[str, str], form: str = FORM, query: str = "") -> Visit:
    """A form sent with nothing in it, and with what is given where the service has to say no."""
    return Visit(place, by, status=422, query=query, form=form, sends=({}, *given))


def absent(place: Place, by: str = "", query: str = "") -> Visit:
    """Nothing of that name, or nothing this person may know of."""
    return Visit(place, by, status=404, query=query)


def forbidden(place: Place, by: str) -> Visit:
    """There, and not for this person."""
    return Visit(place, by, status=403)


def landing(place: Place) -> Visit:
    """Nobody is led to where one signs in."""
    return Visit(place, lands=SIGN_IN)


def nothing(made: Filled) -> tuple[str, ...]:
    """An address that names nothing."""
    return ()


def just(*given: str) -> Place:
    """An address that names the same at all times."""
    return lambda made: given


def the(*given: str) -> Place:
    """What was made, by its names there."""
    return lambda made: tuple(getattr(made, name) for name in given)
