"""Why a rating cannot be saved, in words that help: who was first, what is lacking, who may."""

from __future__ import annotations

from assessment.desk_selectors import Item, levels_of
from assessment.models import Assessment, Rating, RatingState
from assessment.services.chain.changed_meanwhile import changed_meanwhile
from assessment.services.chain.table import TITLES
from core.errors import DecisionBlocked, InputError
from core.provenance import Where
from core.quantity import shortest
from core.text import Text

STATE_WORDS = {
    RatingState.OPEN: Text(zh="待评定", en="to do"),
    RatingState.ACCEPTED: Text(zh="采信数值", en="figure accepted"),
    RatingState.DISPUTED: Text(zh="不采信数值", en="figure not accepted"),
    RatingState.NOT_APPLICABLE: Text(zh="不适用", en="not applicable"),
    RatingState.APPROVED: Text(zh="不适用（理由已获批准）", en="not applicable (reason approved)"),
    RatingState.JUDGED: Text(zh="已判定等级", en="level judged"),
    RatingState.PROPOSED: Text(zh="已提议等级", en="level proposed"),
}

CODES_OF_A_CASE = Text(zh="指标代码见该案件的指标清单。", en="The list of the case's indicators shows their codes.")


def verdict_words(state: str, level: object = None) -> Text:
    """“level judged: 3”."""
    words = STATE_WORDS[RatingState(state)]
    if level is None:
        return words
    return Text(zh=f"{words.zh}：{level}", en=f"{words.en}: {level}")


def rated_meanwhile(rating: Rating) -> DecisionBlocked:
    """Who was first, and with what; of a rating nobody saved yet no version can have been read."""
    if rating.saved_at is None:
        return DecisionBlocked(
            "version_changed",
            Text(zh="该指标还没有保存过评定。", en="Nothing was saved for this indicator yet."),
            hint=Text(zh="请重新读取后再保存（版本为 0）。", en="Read it again, then save: its version is 0."),
        )
    level = None if rating.level is None else shortest(rating.level)
    saved = verdict_words(rating.state, level)
    return changed_meanwhile(
        by=rating.person.name, at=rating.saved_at, saved=saved, words=rating.text, version=rating.version
    )


def words_needed(act: str) -> InputError:
    title = TITLES[act]
    return InputError(
        "words_needed",
        Text(zh=f"{title.zh}须写明理由。", en=f"To {title.en} you must say why."),
        where=Where(field="text"),
        hint=Text(
            zh="请写下依据：看了什么，为何这样判断。", en="Write what you looked at, and why you rule as you do."
        ),
    )


def only_one_level(item: Item) -> InputError:
    levels = [shortest(one.level) for one in levels_of(item.indicator)]
    return InputError(
        "not_a_level",
        Text(zh="请选择一个等级。", en="Choose one of the levels."),
        where=Where(field="level"),
        hint=Text(zh=f"可选：{'、'.join(levels)}。", en=f"They are {', '.join(levels)}."),
    )


def not_of_this_kind(item: Item, act: str) -> DecisionBlocked:
    title = TITLES.get(act, Text(zh=act, en=act))
    return DecisionBlocked(
        "not_for_this_indicator",
        Text(zh=f"{item.code} 不能“{title.zh}”。", en=f"{item.code}: this is no indicator to {title.en}."),
        hint=Text(
            zh="计算得出的数值予以采信或不采信；等级由审查员判定；按细则不适用的无须评定。",
            en="A computed figure is accepted or disputed, a level is judged; what a rule takes out needs no ruling.",
        ),
    )


def not_to_be_ruled_on(case: Assessment) -> DecisionBlocked:
    return DecisionBlocked(
        "no_ratings",
        Text(zh="该案件不逐项评定指标。", en="The indicators of this case are not ruled on one by one."),
        hint=Text(zh="请直接结束评价。", en="End the evaluation as a whole."),
    )


def unassigned_pillar(item: Item) -> DecisionBlocked:
    return DecisionBlocked(
        "not_assigned",
        Text(
            zh=f"您未被指派评价{item.pillar.title.zh}（{item.pillar.code}）。",
            en=f"You are not assigned to {item.pillar.title.en} ({item.pillar.code}).",
        ),
        hint=Text(zh="请受理人员指派。", en="Ask the registrar to assign you."),
    )


def both_saved(item: Item) -> DecisionBlocked:
    return DecisionBlocked(
        "both_saved",
        Text(
            zh=f"{item.code} 的两份盲评均已保存并公开，不能再改。",
            en=f"Both blind ratings of {item.code} are saved and open; they change no more.",
        ),
        hint=Text(zh="两人意见不同时请进行裁定。", en="Where the two disagree, adjudicate."),
    )


def nothing_to_adjudicate(item: Item) -> DecisionBlocked:
    return DecisionBlocked(
        "nothing_to_adjudicate",
        Text(zh=f"{item.code} 没有待裁定的分歧。", en=f"There is no disagreement on {item.code} to adjudicate."),
        hint=Text(zh="两份评定都保存且不一致时才需裁定。", en="Both ratings must be in, and differ."),
    )


def not_proposed_by_another(item: Item) -> DecisionBlocked:
    return DecisionBlocked(
        "adjudicated_by_another",
        Text(
            zh="裁定由第三人作出；两位评定人之一可以提议，由另一人同意。",
            en="A third person adjudicates; of the two raters one proposes a level and the other agrees.",
        ),
        hint=Text(zh=f"请由合适的人员处理 {item.code}。", en=f"Someone else must take this step on {item.code}."),
    )


def of_others() -> DecisionBlocked:
    return DecisionBlocked(
        "nothing_to_undo",
        Text(
            zh="最后一次保存不是您作出的，或没有可撤销的保存。",
            en="You did not save last, or nothing was saved.",
        ),
        hint=Text(zh="可以保存新的评定。", en="Save another ruling instead."),
    )


def follows_from_others(item: Item) -> DecisionBlocked:
    return DecisionBlocked(
        "derived_figure",
        Text(
            zh=f"{item.code} 的“{item.derived}”由公式从其他度量得出。",
            en=f"“{item.derived}” of {item.code} follows from other measures by a formula.",
        ),
        hint=Text(zh="请对其所依据的指标作出评定。", en="Rule on the indicators it follows from."),
    )


def two_at_once() -> DecisionBlocked:
    return DecisionBlocked(
        "version_changed",
        Text(zh="另一位审查员同时保存了其中的指标。", en="Another assessor saved some of these at the same moment."),
        hint=Text(zh="请重新读取后再操作。", en="Read them again, then act."),
    )
