"""What every move of a life is made of: when it may fire, and how it may end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import Model
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from core.errors import UserFacingError
from tests.assessment.chance.world import World

Happens = TypeVar("Happens", bound=Callable[..., None])


def step(
    *, needs: type[Model] | None = None, **choices: Sequence[Any] | st.SearchStrategy[Any]
) -> Callable[[Happens], Happens]:
    """A rule that may fire once there is one of `needs`; each argument is drawn from its choices or by its strategy."""
    drawn = {
        name: given if isinstance(given, st.SearchStrategy) else st.sampled_from(given)
        for name, given in choices.items()
    }

    def mark(happens: Happens) -> Happens:
        fires: Happens = rule(**drawn)(happens)
        return precondition(lambda life: needs is None or life.there_is(needs))(fires)

    return mark


class Moves(RuleBasedStateMachine):
    """`written`: something was, since the laws were last asked."""

    def __init__(self) -> None:
        super().__init__()
        self.written = False
        self._there: dict[type[Model], bool] = {}

    def there_is(self, model: type[Model]) -> bool:
        """Asked of the rows once between two writes: every step asks it for every move."""
        if model not in self._there:
            self._there[model] = model._default_manager.exists()
        return self._there[model]

    def wrote(self) -> None:
        self.written, self._there = True, {}

    def tried(self, act: Callable[[], object]) -> None:
        """Anything may be refused, in words; a bug or a database error is no refusal."""
        World.taken += 1
        try:
            with transaction.atomic():
                act()
        except (PermissionDenied, UserFacingError):
            return
        self.wrote()

    def forced(self, act: Callable[[], object]) -> None:
        """Past the services: what the database lets through must be legal all the same."""
        World.taken += 1
        try:
            with transaction.atomic():
                act()
        except DatabaseError:
            return
        self.wrote()
