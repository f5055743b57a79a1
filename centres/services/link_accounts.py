"""Two accounts turn out to be one human being; from then on they are one person in every case."""

from __future__ import annotations

import rules
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from centres.models import Person
from centres.services.give_role import refuse_to_administer_and_judge, roles_of
from centres.services.hold_human import hold_human
from core.errors import DecisionBlocked
from core.text import Text
from operations import audit


@transaction.atomic
def link_accounts(account: Person, *, to: Person, reason: str, person: Person) -> Person:
    """Let one account, and all that are one person with it, belong to the natural person of another.

    Raises:
        PermissionDenied: not an administrator.
        DecisionBlocked: `administers_and_judges`, where one administers and the other judges; `separation_of_duties`,
            where they took two parts in one case, one judges where the other works, or one human being would have
            decided what they pre-assessed or lodged; the database finds it.
    """
    if not rules.has_perm("centres.link_accounts", person):
        raise PermissionDenied
    hold_human(account, to)
    refuse_to_administer_and_judge(roles_of(account) | roles_of(to), username=account.get_username())
    try:
        with transaction.atomic():
            Person.objects.filter(natural_person=account.natural_person).update(natural_person=to.natural_person)
    except IntegrityError as error:
        raise DecisionBlocked(
            "separation_of_duties",
            Text(
                zh="这两个账号不能是同一人：曾在同一案件中担任不同角色，或一方评价过另一方任职、预评价或投诉的对象。",
                en="The two accounts took two parts in one case, or one of them judged what concerns the other: "
                "where they work, what they pre-assessed, what they lodged.",
            ),
            hint=Text(
                zh="请先处理有关案件：这是一起须调查的公正性事件。",
                en="Settle those cases first: this is a breach of impartiality to look into.",
            ),
        ) from error
    audit.record(
        actor=person,
        act="person.link",
        subject=f"person/{account.username}",
        reason=reason,
        details={"to": to.username},
    )
    return Person.objects.get(pk=account.pk)
