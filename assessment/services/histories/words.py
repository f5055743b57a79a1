"""What a history calls the acts of the audit log."""

from __future__ import annotations

from assessment.services.chain.done_words import done_title
from assessment.services.chain.table import TITLES
from core.text import Text

_WORDS = {
    # cases and what is in them
    "assessment.open": Text(zh="提出申请", en="application opened"),
    "assessment.assign": Text(zh="指派审查员", en="assessor assigned"),
    "assessment.take_off": Text(zh="解除审查员的指派", en="assessor taken off"),
    "agreement.sign": Text(zh="签署协议", en="agreement signed"),
    "flag.explain": Text(zh="说明数值的原因", en="reason for a figure given"),
    "rating.accept_figures": Text(zh="一次采信多项数值", en="figures accepted at once"),
    "certificate.issue": Text(zh="颁发证书", en="certificate issued"),
    "finding.raise": Text(zh="提出不符合项或观察项", en="finding raised"),
    "finding.ask": Text(zh="提问", en="question asked"),
    "finding.reply": Text(zh="回复提问", en="question answered"),
    "sample.ask": Text(zh="承诺随机数并索取清单", en="secret committed to, inventory asked for"),
    "sample.commit": Text(zh="提交清单", en="inventory committed to"),
    "sample.draw": Text(zh="抽取样本", en="sample drawn"),
    "visit.schedule": Text(zh="安排现场评价", en="visit scheduled"),
    "visit.write": Text(zh="填写现场记录", en="visit written down"),
    "visit.photograph": Text(zh="添加照片", en="picture added"),
    "visit.close": Text(zh="结束现场评价", en="visit closed"),
    "objection.lodge": Text(zh="收到异议", en="objection received"),
    "complaint.lodge": Text(zh="收到投诉", en="complaint received"),
    "appeal.lodge": Text(zh="收到申诉", en="appeal received"),
    # centres and their evidence
    "centre.created": Text(zh="登记中心", en="centre entered"),
    "centre.remind": Text(zh="提醒中心", en="centre reminded"),
    "centre.note_reminder": Text(zh="知悉提醒", en="reminder noted"),
    "profile.saved": Text(zh="保存档案", en="profile saved"),
    "column_map.saved": Text(zh="保存列映射", en="column map saved"),
    "evidence.received": Text(zh="收到文件", en="file received"),
    "evidence.reread": Text(zh="按列映射重新读取", en="read again by a column map"),
    "evidence.accepted": Text(zh="接受", en="accepted"),
    "evidence.rejected": Text(zh="退回", en="rejected"),
    "evidence.unreadable": Text(zh="无法读取", en="unreadable"),
    "evidence.superseded": Text(zh="被新版本取代", en="superseded by a new version"),
    "evidence.told_apart": Text(zh="认定为另一份文件", en="told to be another file"),
    "evidence.counts_again": Text(zh="恢复计入", en="counted again"),
    # editions and reports
    "edition.loaded": Text(zh="随平台载入", en="came with the platform"),
    "edition.upload": Text(zh="上传草稿", en="draft uploaded"),
    "edition.propose": Text(zh="提请审核", en="proposed"),
    "edition.return": Text(zh="退回草稿", en="returned"),
    "edition.publish": Text(zh="发布", en="published"),
    "edition.supersede": Text(zh="被替代", en="superseded"),
    "draw.ask": Text(zh="承诺并发起复评抽取", en="draw of certificates committed to"),
    "draw.draw": Text(zh="抽取复评证书", en="certificates to be rated anew drawn"),
    "report.make": Text(zh="索取排名报告", en="ranked report asked for"),
    # people and their accounts
    "person.added": Text(zh="建立账户", en="account made"),
    "person.changed": Text(zh="修改账户", en="account changed"),
    "person.invite": Text(zh="发出邀请", en="invitation sent"),
    "person.uninvite": Text(zh="撤回邀请", en="invitation taken back"),
    "person.accept_invitation": Text(zh="接受邀请", en="invitation accepted"),
    "person.leave": Text(zh="结束在中心的工作", en="work for the centre ended"),
    "person.link": Text(zh="认定为同一人的账户", en="told to be an account of the same person"),
    "competence.grant": Text(zh="确认能力", en="competence granted"),
    "interests.declare": Text(zh="声明利益", en="interests declared"),
    "password.changed": Text(zh="更改密码", en="password changed"),
    "second_factor.set_up": Text(zh="设置第二因素", en="second factor set up"),
    "second_factor.removed": Text(zh="移除第二因素", en="second factor removed"),
    "second_factor.reset": Text(zh="重置第二因素", en="second factor reset"),
    "second_factor.new_recovery_codes": Text(zh="更换恢复码", en="new recovery codes made"),
    "token.created": Text(zh="发放令牌", en="token given"),
    "token.revoked": Text(zh="交回令牌", en="token given back"),
    "table.save": Text(zh="保存自有列", en="own columns saved"),
    "table.remove": Text(zh="移除自有列", en="own columns removed"),
}
_KINDS = {
    "assessment": Text(zh="评价", en="assessment"),
    "certificate": Text(zh="证书", en="certificate"),
    "finding": Text(zh="不符合项", en="finding"),
    "objection": Text(zh="异议", en="objection"),
    "complaint": Text(zh="投诉", en="complaint"),
    "appeal": Text(zh="申诉", en="appeal"),
}


def words_of(act: str) -> Text:
    """“评价：复核”, “assessment: reviewed” for an act of the table, a phrase of its own for the others."""
    if act in _WORDS:
        return _WORDS[act]
    kind, _, name = act.partition(".")
    if kind in _KINDS and name in TITLES:
        title = done_title(name)
        return Text(zh=f"{_KINDS[kind].zh}：{title.zh}", en=f"{_KINDS[kind].en}: {title.en}")
    return Text(zh=act, en=act)
