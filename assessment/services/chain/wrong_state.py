"""Why an act is not there now: the state of what it is about, the step that was taken last, and what may be done."""

from __future__ import annotations

from assessment.models import (
    Act,
    Assessment,
    AssessmentState,
    CertificateState,
    DisputeState,
    FindingNote,
    FindingState,
    RatingState,
)
from assessment.services.chain.changed_meanwhile import name_of
from assessment.services.chain.table import TITLES, Of, allowed_acts
from core.errors import DecisionBlocked
from core.text import Text
from operations.words import allowed_now, in_both_languages, last_step, with_code

_STATES = {
    Of.ASSESSMENT: AssessmentState,
    Of.CERTIFICATE: CertificateState,
    Of.FINDING: FindingState,
    Of.DISPUTE: DisputeState,
    Of.RATING: RatingState,
}
_THINGS = {
    Of.ASSESSMENT: Text(zh="案件", en="assessment"),
    Of.CERTIFICATE: Text(zh="证书", en="certificate"),
    Of.FINDING: Text(zh="不符合项或观察项", en="finding"),
    Of.DISPUTE: Text(zh="争议", en="dispute"),
    Of.RATING: Text(zh="评定", en="rating"),
}
_REFUSED = Text(
    zh="{thing}的状态为{state}{of_case}，不能执行{act}。{last}",
    en="The {thing} is {state}{of_case}: {act} is not possible.{last}",
)
# Acts beside the table: they change no state, and are there in some only.
_BESIDE = {
    "assign": Text(zh="指派审查员", en="assign an assessor"),
    "take_off": Text(zh="解除指派", en="take an assessor off"),
    "sign_agreement": Text(zh="签署协议", en="sign the agreement"),
    "ask_for_inventory": Text(zh="索取清单", en="ask for the inventory"),
    "hand_in_inventory": Text(zh="提交清单", en="hand the inventory in"),
    "schedule_visit": Text(zh="安排现场评价", en="schedule a visit"),
    "write_visit": Text(zh="填写现场记录", en="write the visit down"),
    "raise": Text(zh="提出不符合项或观察项", en="raise a finding"),
    "ask": Text(zh="提问", en="ask a question"),
    "reply": Text(zh="回复提问", en="answer a question"),
    "give_reasons": Text(zh="说明数值的原因", en="give reasons for figures"),
}


def wrong_state(
    case: Assessment, act: str, *, of: Of = Of.ASSESSMENT, state: str = "", last: Act | FindingNote | None = None
) -> DecisionBlocked:
    """`wrong_state`, with what may be done now, and who did the last step when.

    Args:
        state: of what is acted on, where it is not the case itself.
        last: the last act on what is acted on, where it has acts of its own.
    """
    state = state or case.state
    if of in (Of.ASSESSMENT, Of.CERTIFICATE):
        last = case.acts.select_related("person").last()
    allowed = [named_act(one) for one in allowed_acts(state, case, of=of)]
    return DecisionBlocked(
        "wrong_state",
        _REFUSED.filled(
            thing=_THINGS[of],
            of_case=_of_case(case) if of is Of.FINDING else "",
            state=named_state(of, state),
            act=named_act(act),
            last=last_step(named_act(last.act), name_of(last.person), last.at) if last else "",
        ),
        hint=allowed_now(allowed),
    )


def named_state(of: Of, state: str) -> Text:
    """What people call a state, with its code."""
    return with_code(in_both_languages(_STATES[of](state).label), state)


def named_act(act: str) -> Text:
    """What people call an act, of the table or beside it, with its code."""
    return with_code(TITLES[act] if act in TITLES else _BESIDE[act], act)


def _of_case(case: Assessment) -> Text:
    words = named_state(Of.ASSESSMENT, case.state)
    return Text(zh=f"，所属案件的状态为{words.zh}", en=f", in an assessment that is {words.en}")
