"""The states of an edition and the acts between them, as one table; pages, documents and tests read it too."""

from __future__ import annotations

from dataclasses import dataclass

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from centres.models import Person
from core.errors import DecisionBlocked, RubricError, UserFacingError
from core.text import Text
from indicators.models import FINAL_STATES, Edition, EditionAct, EditionState
from operations import audit
from operations.words import allowed_now, in_both_languages, last_step, with_code


@dataclass(frozen=True, slots=True)
class Transition:
    """One act: from which state, to which, with which permission; `second`: not by who wrote or proposed it."""

    act: str
    before: EditionState
    after: EditionState
    permission: str
    title: Text
    second: bool = False


_S = EditionState
UPLOAD = Transition("upload", _S.DRAFT, _S.DRAFT, "indicators.draft_edition", Text(zh="上传草稿", en="upload a draft"))
PROPOSE = Transition("propose", _S.DRAFT, _S.REVIEW, "indicators.draft_edition", Text(zh="提请审核", en="propose"))
RETURN = Transition("return", _S.REVIEW, _S.DRAFT, "indicators.publish_edition", Text(zh="退回草稿", en="return"))
PUBLISH = Transition(
    "publish", _S.REVIEW, _S.PUBLISHED, "indicators.publish_edition", Text(zh="发布", en="publish"), second=True
)
SUPERSEDE = Transition(
    "supersede", _S.PUBLISHED, _S.SUPERSEDED, "indicators.publish_edition", Text(zh="被替代", en="supersede")
)
TRANSITIONS = (UPLOAD, PROPOSE, RETURN, PUBLISH, SUPERSEDE)
BY_ACT = {transition.act: transition for transition in TRANSITIONS}
# Superseding is what publishing the next edition does; nobody asks for it.
ASKED_FOR = (UPLOAD, PROPOSE, RETURN, PUBLISH)
_CONTRIBUTIONS = (UPLOAD.act, PROPOSE.act)


def allowed_acts(state: str) -> tuple[str, ...]:
    return tuple(transition.act for transition in ASKED_FOR if transition.before == state)


def locked(edition: Edition) -> Edition:
    """The edition as it is now, held until the end of the transaction: of two acts at once one goes first."""
    return Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)


def contributed(edition: Edition, person: Person) -> bool:
    """Whether this person wrote any of it or proposed it."""
    if person.pk in (edition.author_id, edition.proposed_by_id):
        return True
    return edition.acts.filter(person=person, act__in=_CONTRIBUTIONS).exists()


def permit(transition: Transition, *, person: Person) -> None:
    """Asked of `rules` itself: an administrator's blanket permission does not reach into the life of a rubric.

    Raises:
        PermissionDenied: the person lacks the role.
    """
    if not rules.has_perm(transition.permission, person):
        raise PermissionDenied


def check(edition: Edition, transition: Transition, *, person: Person, version: int | None = None) -> None:
    """Whether this person may take this act on this edition now, having read this version of it.

    Raises:
        PermissionDenied: the person lacks the role.
        DecisionBlocked: `second_person_needed`; `wrong_state` naming the allowed acts and the last one taken.
        RubricError: `edition_is_final`.
        UserFacingError: `version_changed`.
    """
    permit(transition, person=person)
    if edition.is_final and transition.before not in FINAL_STATES:
        raise edition_is_final(edition)
    if edition.state != transition.before:
        raise wrong_state(edition, transition)
    if transition.second and contributed(edition, person):
        raise DecisionBlocked(
            "second_person_needed",
            Text(
                zh="起草或提请审核的人不能自己发布这一版次。",
                en="Whoever wrote or proposed an edition cannot publish it alone.",
            ),
            hint=Text(
                zh="请由另一位细则编写人或细则发布人发布。", en="Another rubric author or a publisher must publish it."
            ),
        )
    if version not in (None, edition.version):
        raise version_changed(edition)


def take(edition: Edition, transition: Transition, *, person: Person, reason: str) -> Edition:
    """Write the step: the new state, one act, one audit entry. Call inside a transaction, locked."""
    assert transaction.get_connection().in_atomic_block  # noqa: S101  (a bug in a service, not an input)
    before = edition.state if edition.pk else ""
    edition.state = transition.after
    edition.version += 1
    edition.full_clean()
    # The act is written first, so that the triggers on the edition see who contributed.
    if not edition.pk:
        edition.save(force_insert=True)
    EditionAct.objects.create(
        edition=edition,
        act=transition.act,
        from_state=before,
        to_state=transition.after,
        person=person,
        reason=reason,
        digest=edition.digest,
    )
    edition.save()
    audit.record(
        actor=person,
        act=f"edition.{transition.act}",
        subject=edition.subject,
        reason=reason,
        details={"digest": edition.digest},
    )
    return edition


def supersede_others(edition: Edition, *, person: Person | None, reason: str) -> None:
    """The published edition of the same rubric makes room; results that rest on it stay as they are."""
    others = Edition.objects.select_for_update(of=("self",)).filter(rubric=edition.rubric, state=_S.PUBLISHED)
    for other in others.exclude(pk=edition.pk):
        other.superseded_at = timezone.now()
        if person is not None:
            take(other, SUPERSEDE, person=person, reason=reason)
            continue
        other.state, other.version = _S.SUPERSEDED, other.version + 1
        other.save()
        audit.record(
            actor=audit.SYSTEM, act="edition.supersede", subject=other.subject, details={"digest": other.digest}
        )


def wrong_state(edition: Edition, transition: Transition) -> DecisionBlocked:
    """`wrong_state`, with what may be done now, and who did the last step when."""
    state, allowed = _named_state(edition), [_named_act(act) for act in allowed_acts(edition.state)]
    last = edition.acts.select_related("person").last()
    done = last_step(_named_act(last.act), last.person.name, last.at) if last else Text(zh="", en="")
    act = _named_act(transition.act)
    return DecisionBlocked(
        "wrong_state",
        Text(
            zh=f"版次 {edition} 的状态为{state.zh}，不能执行{act.zh}。{done.zh}",
            en=f"Edition {edition} is {state.en}: {act.en} is not possible.{done.en}",
        ),
        hint=allowed_now(allowed),
    )


def _named_state(edition: Edition) -> Text:
    return with_code(in_both_languages(EditionState(edition.state).label), edition.state)


def _named_act(act: str) -> Text:
    return with_code(BY_ACT[act].title, act)


def edition_is_final(edition: Edition, *, found: str | None = None) -> RubricError:
    became_zh, became_en = (f"（{found}）", f" and cannot become {found}") if found else ("", " and stays as it is")
    return RubricError(
        "edition_is_final",
        Text(
            zh=f"版次 {edition} 已发布（{edition.digest}），内容不得更改{became_zh}。",
            en=f"Edition {edition} is published ({edition.digest}){became_en}.",
        ),
        hint=Text(zh="请将修改放入新的版次。", en="Put the change into a new edition."),
    )


def version_changed(edition: Edition) -> UserFacingError:
    return UserFacingError(
        "version_changed",
        Text(
            zh=f"版次 {edition} 在此期间已被改动，当前版本为 {edition.version}，摘要为 {edition.digest}。",
            en=f"Edition {edition} has changed meanwhile; its version is {edition.version} now, {edition.digest}.",
        ),
        hint=Text(zh="请重新阅读后再操作。", en="Read it again, then act."),
    )
