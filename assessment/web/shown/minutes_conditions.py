"""What has to be there before a case is awarded, beside its result: as the minutes say it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from assessment.models import Assessment, Procedure
from assessment.services.application.sign_agreement import signed_agreement
from assessment.services.chain.two_deciders import concurrence, is_for_two
from core.text import Text
from indicators.rubric.grade_words import grade_title


def conditions(case: Assessment) -> Iterator[Text]:
    yield _agreement(case)
    if is_for_two(case):
        yield _second_decider(case)


def _second_decider(case: Assessment) -> Text:
    concurred = concurrence(case)
    line = grade_title(case.two_deciders_from)
    if concurred is None or concurred.person is None:
        return _NOBODY.filled(line=line)
    return _CONCURRED.filled(line=line, who=concurred.person.name, day=timezone.localdate(concurred.at).isoformat())


def _agreement(case: Assessment) -> Text:
    signed = signed_agreement(case)
    if signed is not None:
        day = timezone.localdate(signed.signed_at).isoformat()
        return _SIGNED.filled(version=signed.text, who=Text(**signed.parties["signatory"]), day=day)
    return _UNSIGNED if case.procedure == Procedure.FULL else _NOT_ASKED


_SIGNED = Text(
    zh="协议（{version}）已由{who}于 {day} 签署。", en="The agreement ({version}) was signed by {who} on {day}."
)
_UNSIGNED = Text(
    zh="协议尚未签署：签署之前不能准予。", en="The agreement is not signed: until it is, nothing is certified."
)
_NOT_ASKED = Text(zh="没有签署协议；简化程序不要求。", en="No agreement was signed; this procedure asks for none.")
_NOBODY = Text(
    zh="{line}及以上由两名决定人作出决定：尚无第二名决定人附议。",
    en="{line} and above take two deciders: no second one has concurred yet.",
)
_CONCURRED = Text(
    zh="{line}及以上由两名决定人作出决定：{who}已于 {day} 附议，由另一名决定人作出决定。",
    en="{line} and above take two deciders: {who} concurred on {day}; another one decides.",
)
