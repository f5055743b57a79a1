"""The whole chain as sentences: a centre applies, the body judges, a certificate goes out, the regulator sees it.

Who plays it, and whether with a mouse or a keyboard, is none of the story's business; see `tests.browser.person`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.text import format_lazy
from openpyxl import load_workbook

from assessment.documents.content.agreement import agreement
from assessment.documents.content.words import SCHEME_WORDS
from assessment.sampling.draw import sample_size
from assessment.sampling.subjects import SUBJECTS
from assessment.web.shown.acts import STATES
from assessment.web.shown.finding_words import SEVERITIES
from assessment.web.shown.finding_words import STATES as FINDING_STATES
from assessment.web.shown.minutes import TITLE as MINUTES
from assessment.web.shown.result import ASSIGN, DECLARE, PLAN, SIGN
from centres.web.profile_form import ENTRIES, ROWS
from core.text import Text
from tests.browser.deeds import (
    Subject,
    comes_to_the_desk,
    finds_on_the_board,
    hands_in,
    judges,
    opens_the_case,
    opens_what_waits,
    says_of_the_finding,
    submits,
    takes,
    tells,
    value_at,
)
from tests.browser.on_site import visits_the_site
from tests.browser.person import Holding, Person

PILLARS = ("CE", "ST", "GR", "US")
# Levels are rated by two, so both have the pillars with such; they differ on the last.
PILLARS_OF_ANA, PILLARS_OF_CAI = ("CE", "ST", "US"), ("ST", "GR", "US")
LEVELS = {"ST-3.6": ("4", "4"), "US-4.2": ("5", "5"), "US-6.1": ("5", "4")}
DIFFERENT = "US-6.1"
DISPUTED = "US-4.3"  # the survey: of little weight, so that the result carries a certificate all the same
FOUND_AT = "GR-1.1"
INDEPENDENT = Text(zh="近五年无任职、咨询或持股。", en="No employment, advice or shares in five years.")
REPLY_BY = "2030-01-31"
WHICH_METERS = Text(zh="哪些电表未校准？", en="Which meters were not calibrated?")
THE_INCOMER = Text(zh="仅进线电表。", en="The incomer alone.")
THE_DRAFT = Text(zh="评价（草稿）", en="Assessment (draft)")
FOR_A_CERTIFICATE = Text(zh="发证评价", en="Assessment for a certificate")
STILL_MISSING = Text(zh="请在月底前补交电表读数。", en="Please send the readings by the end of the month.")
MISSING = Text(zh="缺少电表读数，请补齐。", en="The readings of the meters are missing.")


@dataclass(frozen=True)
class Cast:
    """Everybody who takes a part; each is another person."""

    engineer: Person
    owner: Person
    registrar: Person
    ana: Person
    cai: Person
    reviewer: Person
    decider: Person
    second_decider: Person
    regulator: Person
    anybody: Person


def play(cast: Cast, centre: Subject) -> None:
    """From the application to the list of the regulator."""
    everybody_signs_in(cast)
    the_centre_says_what_it_is(cast.engineer, centre)
    it_applies_and_submits_what_it_has(cast.engineer, centre)
    the_registrar_finds_it_incomplete(cast.registrar, centre)
    it_reads_why_it_came_back_and_follows_to_the_case(cast, centre)
    the_regulator_reminds_it_and_it_notes_that(cast, centre)
    it_completes_its_evidence_and_keeps_the_receipt(cast.engineer, centre)
    the_registrar_accepts_it_and_assigns_both(cast, centre)
    the_owner_signs_the_agreement(cast.owner, centre)
    an_assessor_plans_and_asks_for_a_sample(cast.ana, centre)
    the_centre_hands_in_its_inventory(cast.engineer, centre)
    the_site_is_visited(cast.ana, centre)
    the_assessors_rule_on_every_indicator(cast, centre)
    they_settle_where_they_differ(cast, centre)
    a_finding_is_raised_answered_and_closed(cast, centre)
    the_evaluation_ends(cast.ana, centre)
    another_reviews(cast.reviewer, centre)
    a_second_decider_concurs(cast.second_decider, centre)
    a_third_decides_with_a_fresh_code(cast.decider, centre)
    number = anybody_verifies_the_certificate(cast.anybody, centre)
    the_regulator_sees_it(cast.regulator, centre, number)


def everybody_signs_in(cast: Cast) -> None:
    judges = (cast.ana, cast.cai, cast.reviewer, cast.decider, cast.second_decider)
    people = (cast.engineer, cast.owner, cast.registrar, *judges, cast.regulator)
    assert len({one.username for one in people}) == len(people)
    for person in people:
        person.signs_in()


# --- the application ---


def the_centre_says_what_it_is(engineer: Person, centre: Subject) -> None:
    engineer.follows(centre.name)
    engineer.is_at(centre.name)
    engineer.follows("Profile of the centre")
    engineer.is_at("Profile of the centre")
    for entry in ENTRIES:
        tells(engineer, entry.label, entry, value_at(centre.profile, entry.path))
    for table, entries in ROWS.items():
        for number, row in enumerate(centre.profile[table], start=1):
            for entry in entries:
                tells(engineer, format_lazy("{} {}", entry.label, number), entry, row.get(entry.path))
    engineer.presses("Save as a new version")
    engineer.is_at(centre.name)
    engineer.sees("The profile was saved; the figures are being computed again.")


def it_applies_and_submits_what_it_has(engineer: Person, centre: Subject) -> None:
    hands_in(engineer, centre.archive, zone="Asia/Shanghai")
    engineer.follows(centre.name)
    engineer.is_at(centre.name)
    engineer.picks(FOR_A_CERTIFICATE)
    engineer.presses("Apply for an assessment")
    engineer.is_at("Assessment")
    engineer.follows("Check and submit")
    submits(engineer, Text(zh="电表读数随后补交。", en="The readings of the meters follow."))


def the_registrar_finds_it_incomplete(registrar: Person, centre: Subject) -> None:
    opens_what_waits(registrar, centre, "take_up", "Assessment")
    takes(registrar, "take_up", Text(zh="核对范围和类别。", en="Scope and class are looked at."))
    takes(registrar, "return", MISSING)


def it_reads_why_it_came_back_and_follows_to_the_case(cast: Cast, centre: Subject) -> None:
    """The return put a notice before the centre: who returned it, and what is missing."""
    engineer = cast.engineer
    opens_what_waits(engineer, centre, "submit", "Check what you hand in")
    engineer.reads("It was returned to be completed", (cast.registrar.name, MISSING))
    engineer.follows(THE_DRAFT)
    engineer.is_at("Assessment")
    engineer.sees(MISSING)


def the_regulator_reminds_it_and_it_notes_that(cast: Cast, centre: Subject) -> None:
    """From the board, where the returned case shows, to a notice on the centre's page that leads on to the case."""
    regulator, engineer = cast.regulator, cast.engineer
    finds_on_the_board(regulator, centre)
    regulator.sees(MISSING)
    regulator.writes("What the centre is reminded of", STILL_MISSING)
    regulator.presses("Send the reminder")
    regulator.sees(STILL_MISSING)

    engineer.follows(centre.name)
    engineer.is_at(centre.name)
    engineer.reads("A reminder", (regulator.name, STILL_MISSING))
    engineer.presses("Noted")
    engineer.is_at(centre.name)
    engineer.has_no(STILL_MISSING)
    engineer.follows(STATES["draft"])
    engineer.is_at("Assessment")


def it_completes_its_evidence_and_keeps_the_receipt(engineer: Person, centre: Subject) -> None:
    opens_what_waits(engineer, centre, "submit", "Check what you hand in")
    engineer.sees(MISSING)
    engineer.follows(centre.name)
    engineer.is_at(centre.name)
    hands_in(engineer, centre.last)
    opens_what_waits(engineer, centre, "submit", "Check what you hand in")
    submits(engineer, Text(zh="全年证据齐备。", en="The year's evidence is complete."))
    receipt = json.loads(engineer.takes_home("Download the receipt (JSON)").read_text(encoding="utf-8"))
    assert {file["name"] for file in receipt["manifest"]["package"]["files"]} >= {centre.last.name}


def the_registrar_accepts_it_and_assigns_both(cast: Cast, centre: Subject) -> None:
    registrar = cast.registrar
    opens_what_waits(registrar, centre, "take_up", "Assessment")
    takes(registrar, "take_up", Text(zh="材料已补齐。", en="It is complete now."))
    takes(registrar, "accept", Text(zh="属于本方案范围。", en="Within the scheme's scope."))
    for judge in (cast.ana, cast.cai):
        declares_interests(judge, centre)
    for assessor, pillars in ((cast.ana, PILLARS_OF_ANA), (cast.cai, PILLARS_OF_CAI)):
        assigns(registrar, assessor, pillars)


def assigns(registrar: Person, assessor: Person, pillars: Iterable[str]) -> None:
    registrar.follows(ASSIGN)
    registrar.is_at(ASSIGN)
    registrar.chooses("Assessor", assessor.name)
    for pillar in pillars:
        registrar.picks(Holding(f"{pillar} "))
    registrar.presses("Save")
    registrar.is_at("Assessment")


def the_owner_signs_the_agreement(owner: Person, centre: Subject) -> None:
    """From the list of one's own work to the text, and a signature under it."""
    owner.follows("My work")
    owner.is_at("My work")
    owner.follows(SIGN, beside=centre.name)
    owner.is_at(agreement().title.filled(word=SCHEME_WORDS["assessment"]))
    owner.picks("permitted")
    owner.picks("We have read the agreement and accept it; I may sign for the operator")
    owner.presses("Sign the agreement")
    owner.sees(owner.name)
    owner.has_no("Sign the agreement")


# --- the evaluation ---


def declares_interests(judge: Person, centre: Subject) -> None:
    judge.follows("My work")
    judge.is_at("My work")
    judge.follows(DECLARE, beside=centre.name)
    judge.is_at("Declaration of interests")
    judge.picks("none")
    judge.writes("Statement", INDEPENDENT)
    judge.presses("Save")
    judge.sees("Your declaration was recorded.")


def an_assessor_plans_and_asks_for_a_sample(ana: Person, centre: Subject) -> None:
    opens_what_waits(ana, centre, "begin", PLAN)
    ana.writes(
        "Plan",
        Text(zh="逐项桌面评审，到现场核对抽取的加速卡。", en="Desk review; cards drawn are seen on site."),
    )
    ana.writes("Reason", Text(zh="现场核对加速卡和电表。", en="Cards and meters are looked at on site."))
    ana.presses("Save")
    ana.is_at("Assessment")
    ana.follows("Samples")
    ana.is_at("Samples")
    ana.chooses("What is drawn", SUBJECTS["cards"])
    ana.presses("Commit and ask")
    ana.sees("The secret stays with the platform until the centre has handed in its inventory.")


def the_centre_hands_in_its_inventory(engineer: Person, centre: Subject) -> None:
    opens_the_case(engineer, centre, "in_evaluation")
    engineer.follows("Samples")
    engineer.is_at("Samples")
    engineer.follows(SUBJECTS["cards"])
    engineer.is_at("Sample")
    engineer.writes("Inventory", "\n".join(f"SN-{number:05d}" for number in range(1, _cards(centre) + 1)))
    engineer.writes("A word of your own", Text(zh="秋分", en="equinox"))
    engineer.presses("Hand in and draw")
    engineer.sees("To be looked for on site")


def the_site_is_visited(ana: Person, centre: Subject) -> None:
    opens_the_case(ana, centre, "in_evaluation")
    visits_the_site(ana, meter=centre.profile["meters"][0]["id"], serials=sample_size(_cards(centre)))


def _cards(centre: Subject) -> int:
    return sum(group["cards"] for group in centre.profile["accelerators"])


def the_assessors_rule_on_every_indicator(cast: Cast, centre: Subject) -> None:
    """Each on the figures of their pillars and, blind to each other, on the levels of those they share."""
    ana, cai = cast.ana, cast.cai
    comes_to_the_desk(ana, centre)
    ana.follows(Holding(DISPUTED))
    ana.is_at(Holding(DISPUTED))
    ana.rules("d", Text(zh="问卷只有一个部门答复。", en="A single department answered."))
    comes_to_the_desk(ana, centre)
    ana.presses(Holding(Text(zh="没有疑点的", en="nothing is odd about")))
    ana.is_at("Desk")
    rules_on_what_is_left(ana, {code: first for code, (first, _) in LEVELS.items()})
    comes_to_the_desk(cai, centre)  # of hers, every figure rests on readings with a flag
    rules_on_what_is_left(cai, {code: second for code, (_, second) in LEVELS.items()})


def rules_on_what_is_left(assessor: Person, levels: Mapping[str, str]) -> None:
    """Figures are accepted after a look; levels are picked and given a reason."""
    assessor.follows("Go on with the next")
    assessor.is_at(Holding("-"))
    ruled: set[str] = set()
    while (code := assessor.indicator) not in ruled:  # after the last it stays
        if level := levels.get(code):
            assessor.rules(level, Text(zh=f"{code}：规定、执行与记录均已核对。", en=f"{code}: rules and records seen."))
        else:
            assessor.rules("a")
        ruled.add(code)


def they_settle_where_they_differ(cast: Cast, centre: Subject) -> None:
    """One proposes, the other agrees."""
    goes_to_the_difference(cast.cai, centre)
    cast.cai.rules("5", Text(zh="补充证据支持较高等级。", en="Further evidence supports the higher level."))
    goes_to_the_difference(cast.ana, centre)
    cast.ana.rules("a")
    assert cast.ana.has_nothing_left()


def a_finding_is_raised_answered_and_closed(cast: Cast, centre: Subject) -> None:
    ana, engineer = cast.ana, cast.engineer
    opens_the_case(ana, centre, "in_evaluation")
    ana.follows(Holding(Text(zh="不符合项与观察项", en="Findings")))
    ana.is_at("Findings")
    ana.chooses("Severity", SEVERITIES["minor"])
    ana.writes("Indicator", FOUND_AT)
    ana.writes("What was found", Text(zh="电表校准证书超过一年。", en="The meters' calibration is older than a year."))
    ana.presses("Save")
    ana.is_at(SEVERITIES["minor"])
    ana.writes("Question", WHICH_METERS)
    ana.writes("Reply by", REPLY_BY)
    ana.presses("Ask")
    ana.sees(WHICH_METERS)

    engineer.follows("My work")
    engineer.is_at("My work")
    engineer.follows(centre.name)
    engineer.is_at(centre.name)
    engineer.follows("Task list")
    engineer.is_at("Task list")
    engineer.follows("Answer findings")
    engineer.is_at("Findings")
    engineer.follows(Holding(FOUND_AT))
    engineer.is_at(SEVERITIES["minor"])
    engineer.sees(WHICH_METERS)
    engineer.sees(REPLY_BY)
    engineer.writes("Reply", THE_INCOMER)
    engineer.presses("Reply")
    engineer.sees(THE_INCOMER)
    engineer.writes("Root cause", Text(zh="校准未列入年度计划。", en="Calibration was on nobody's calendar."))
    engineer.writes("Corrective action", Text(zh="全部重新校准。", en="All of them were calibrated."))
    says_of_the_finding(engineer, "answer", Text(zh="证书已归档。", en="The certificates are on file."))

    ana.page.reload()
    ana.sees(THE_INCOMER)
    says_of_the_finding(ana, "accept_answer", Text(zh="原因和措施成立。", en="Cause and correction hold."))
    says_of_the_finding(ana, "close", Text(zh="已核对新证书。", en="The new certificates were seen."))
    ana.sees(FINDING_STATES["closed"])


def the_evaluation_ends(ana: Person, centre: Subject) -> None:
    opens_the_case(ana, centre, "in_evaluation")
    takes(ana, "evaluate", Text(zh="证据与计量均已核对。", en="Evidence and measurements were checked."))


# --- the judgement ---


def another_reviews(reviewer: Person, centre: Subject) -> None:
    reason = Text(zh="评价完整一致。", en="The evaluation is complete and consistent.")
    declares_interests(reviewer, centre)
    opens_what_waits(reviewer, centre, "review", MINUTES)
    judges(reviewer, "review", reason)
    reviewer.sees(reason)


def a_second_decider_concurs(decider: Person, centre: Subject) -> None:
    """The grade is one that two decide on; until then nobody is offered to certify."""
    decides_with_a_fresh_code(decider, centre, "concur", Text(zh="等级有据。", en="The grade is borne out."))


def a_third_decides_with_a_fresh_code(decider: Person, centre: Subject) -> None:
    decides_with_a_fresh_code(
        decider, centre, "certify", Text(zh="结果支持发证。", en="The result carries a certificate.")
    )


def decides_with_a_fresh_code(decider: Person, centre: Subject, act: str, reason: Text) -> None:
    declares_interests(decider, centre)
    opens_what_waits(decider, centre, act, MINUTES)
    decider.site.at_the_console("an_hour_passes")
    judges(decider, act, reason)
    decider.is_at("Confirm with a one-time code")
    decider.types_the_code("Confirm")
    decider.is_at(MINUTES)
    decider.sees(reason)


def anybody_verifies_the_certificate(anybody: Person, centre: Subject) -> str:
    """Without signing in: from the ranking to the certificate and its paper, and by the number, which is given."""
    anybody.opens("/")
    anybody.is_at("Assessment of AI computing centres")
    anybody.follows(Holding("ZH-"), beside=centre.name)
    anybody.is_at("Certificate")
    anybody.waits_for("Download the certificate (PDF)")
    assert anybody.takes_home("Download the certificate (PDF)").read_bytes().startswith(b"%PDF-")
    number = urlsplit(anybody.page.url).path.split("/")[2]
    anybody.follows("Verify a certificate")
    anybody.is_at("Verify a certificate")
    anybody.writes("Certificate number", number)
    anybody.presses("Verify")
    anybody.is_at(Holding(number))
    anybody.sees(Text(zh="有效", en="Valid"))
    return number


def the_regulator_sees_it(regulator: Person, centre: Subject, number: str) -> None:
    """On the board, from province to centre; and takes the ranked list home."""
    finds_on_the_board(regulator, centre)
    regulator.sees(STATES["certified"])
    regulator.follows("Ranking")
    regulator.is_at("Assessment of AI computing centres")
    ranked = regulator.takes_home("This list as xlsx").read_bytes()
    sheet = load_workbook(io.BytesIO(ranked)).active
    assert number in {cell.value for row in sheet.iter_rows() for cell in row}


def goes_to_the_difference(assessor: Person, centre: Subject) -> None:
    comes_to_the_desk(assessor, centre)
    assessor.follows("Agreement and adjudication")
    assessor.is_at("Agreement and adjudication")
    assessor.follows(Holding(DIFFERENT))
    assessor.is_at(Holding(DIFFERENT))
