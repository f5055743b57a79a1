"""Whose each route is: what its first parameter names, who sees that, and who can show that it is there.

A route without an entry fails the matrix with its name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from tests.tenancy.worlds import BODY, COLLEAGUES, HERE, ROLES, THERE

Sight = dict[str, tuple[str, ...]]
_BOTH = (HERE, THERE)
_REGULATORS: Sight = {"regulator_here": (HERE,), "regulator_there": (THERE,), "regulator_everywhere": _BOTH}
_OWN: Sight = dict.fromkeys(("owner_here", *COLLEAGUES), (HERE,)) | {"owner_there": (THERE,)}
_ALL_OF_BODY: Sight = dict.fromkeys((*BODY, "administrator"), _BOTH)
ANYBODY: Sight = dict.fromkeys(ROLES, _BOTH)
# The inside of a case and the work on evidence.
WORK: Sight = _OWN | _ALL_OF_BODY
# What is odd about a case, and its rulings.
OF_THE_BODY: Sight = dict.fromkeys(BODY, _BOTH)
DESK: Sight = dict.fromkeys(("assessor", "reviewer", "decider"), _BOTH)
# Results: the regulator of the province as well.
RESULTS: Sight = WORK | _REGULATORS
# The board: whoever watches centres, and no centre itself.
WATCHED: Sight = _ALL_OF_BODY | _REGULATORS
LODGED: Sight = {"somebody": _BOTH, "registrar": _BOTH, "appeal_handler": _BOTH}
OWNED: Sight = {
    **{"owner_here": (HERE,), "reader_here": (HERE,), "owner_there": (THERE,)},
    **{"registrar": _BOTH, "administrator": _BOTH},
}
MINE: Sight = {"owner_here": (HERE,), "owner_there": (THERE,)}
CERTIFIED: Sight = MINE | _ALL_OF_BODY  # their owner has no colleagues at that centre
# Who does all the work of a centre.
APPLICANTS = ("owner_here", "engineer_here", "reader_here", "owner_there")
PERSONAL: Sight = MINE | {"administrator": _BOTH}
MADE: Sight = {"regulator_here": (HERE,), "regulator_there": (THERE,), "administrator": _BOTH}
DRAFTS: Sight = dict.fromkeys(("rubric_author", "publisher", "administrator"), _BOTH)
# Who sees an object of each kind anywhere, in a list or on a page of something else.
SIGHT_OF: dict[str, Sight] = {
    "assessment": RESULTS,
    "evidence": RESULTS,
    "job": RESULTS,
    "upload": MINE,
    "finding": WORK,
    "visit": WORK,
    "sample": WORK,
    "dispute": LODGED,
    "invitation": OWNED,
    "report": MADE,
    "draft": DRAFTS,
}


@dataclass(frozen=True)
class Rule:
    """`of`: the kind the first parameter names; none where there is no tenant's object in the address.

    `sight`: who is told that it is there, by role the worlds; of them `let_in` may read it, all without it; the others
    are told that they may not. `shown_to`: who proves that the object is there: their answer is not that to a name of
    nothing, and it is none that shuts them out – save a refusal `answers` declares, by method. `acted_by`: the same for
    what changes something. `query`: what a GET needs to be understood.
    """

    of: str = ""
    sight: Sight | None = None
    let_in: Collection[str] | None = None
    shown_to: str = "owner_here"
    acted_by: str = ""
    query: str = ""
    answers: Mapping[str, int] = field(default_factory=dict)

    @property
    def seen_by(self) -> Sight:
        return self.known_to if self.sight is None else self.sight

    @property
    def known_to(self) -> Sight:
        """Who sees the thing itself, if not what this route has of it."""
        return ANYBODY if self.of == "certificate" else SIGHT_OF.get(self.of, RESULTS)

    def lets_in(self, role: str) -> bool:
        return self.let_in is None or role in self.let_in

    def shows(self, method: str) -> str:
        return self.shown_to if method == "get" else self.acted_by or self.shown_to


# A page of acts that is sent none.
NO_ACT = {"post": 403}
# No object of a centre in the address; whatever it answers names nothing of an unseen centre.
OPEN, SIGNED_IN = Rule(shown_to="nobody"), Rule()
BOARD, ADMINISTRATION = Rule(shown_to="regulator_here"), Rule(shown_to="administrator")
AUTHORS = Rule(shown_to="rubric_author")
DRAWS = Rule(shown_to="registrar")  # of certificates to be rated anew, over all centres
DRAW = Rule("draw", sight=dict.fromkeys(BODY, _BOTH), shown_to="registrar")
CENTRE, CASE, EVIDENCE = Rule("centre"), Rule("assessment"), Rule("evidence")
BY_ASSESSOR = replace(CASE, shown_to="assessor")
AT_THE_DESK = replace(BY_ASSESSOR, sight=DESK)
FINDING, VISIT, SAMPLE = Rule("finding"), Rule("visit"), Rule("sample")
DISPUTE = Rule("dispute", shown_to="somebody", acted_by="appeal_handler")
CERTIFICATE = Rule("certificate", sight=ANYBODY, shown_to="nobody", acted_by="registrar")
ANNOUNCED = Rule("announcement", sight=ANYBODY, shown_to="nobody")
REPORT = Rule("report", shown_to="regulator_here")
DRAFT = Rule("draft", shown_to="rubric_author")
RULES: dict[str, Rule] = {
    # --- pages ---------------------------------------------------------------------------------------
    **dict.fromkeys(
        (
            *("alive", "ready", "set_language", "assessment:home", "assessment:announcements", "assessment:verify"),
            *("account_login", "account_signup", "account_reset_password"),
            *("account_reset_password_done", "account_reset_password_from_key"),
            *("account_reset_password_from_key_done", "centres:sign_in", "indicators:rubrics"),
        ),
        OPEN,
    ),
    **dict.fromkeys(
        (
            *("assessment:mine", "assessment:disputes", "centres:sign_out", "mfa_index", "account_change_password"),
            *("account_reauthenticate", "mfa_reauthenticate", "mfa_activate_totp"),
            *("mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
        ),
        SIGNED_IN,
    ),
    "mfa_authenticate": replace(OPEN, answers={"get": 302, "post": 302}),  # only in the middle of signing in
    "mfa_deactivate_totp": Rule(shown_to="decider"),  # who has one
    **dict.fromkeys(("assessment:board", "assessment:board_table"), BOARD),
    "centres:staff": replace(ADMINISTRATION, answers=NO_ACT),
    "indicators:upload": AUTHORS,
    "evidence:format": Rule("format", sight=ANYBODY, shown_to="nobody"),
    **dict.fromkeys(
        (
            *("assessment:edition_diff", "assessment:edition_history"),
            *("indicators:rubric", "indicators:indicator"),
        ),
        DRAFT,
    ),
    "indicators:life": replace(DRAFT, answers=NO_ACT),
    "assessment:certificate": replace(CERTIFICATE, answers=NO_ACT),
    "assessment:certificate_pdf": CERTIFICATE,
    "assessment:complaint": replace(CERTIFICATE, acted_by="nobody"),
    "assessment:announcement": ANNOUNCED,
    "assessment:board_province": Rule("province", sight=WATCHED, shown_to="regulator_here"),
    "centres:invitation": Rule("link", sight=ANYBODY, shown_to="nobody"),
    # Histories: of whoever may read the thing, and its inside where it has one.
    "assessment:centre_history": replace(CENTRE, sight=WORK),
    "assessment:history": replace(CASE, sight=WORK),
    "assessment:evidence_history": replace(EVIDENCE, sight=WORK),
    "assessment:certificate_history": Rule("certificate", sight=CERTIFIED),
    "assessment:finding_history": FINDING,
    "assessment:sample_history": SAMPLE,
    "assessment:visit_history": VISIT,
    "assessment:dispute_history": replace(DISPUTE, acted_by=""),
    "assessment:person_history": Rule("person", sight=PERSONAL),
    "assessment:invitation_history": Rule("invitation"),
    "assessment:report_history": REPORT,
    **dict.fromkeys(
        (
            *("assessment:centre", "assessment:result", "assessment:trace", "assessment:apply", "assessment:bundle"),
            *("evidence:saved_maps", "evidence:saved_map"),
        ),
        CENTRE,
    ),
    **dict.fromkeys(("assessment:tasks", "assessment:months", "assessment:what_if"), replace(CENTRE, let_in=WORK)),
    **dict.fromkeys(
        ("centres:profile", "centres:profile_yaml"), replace(CENTRE, let_in=(*APPLICANTS, "administrator"))
    ),
    "evidence:upload": replace(CENTRE, let_in=_OWN),
    "centres:people": replace(CENTRE, let_in=OWNED, answers=NO_ACT),
    "assessment:board_centre": Rule("centre", sight=WATCHED, shown_to="regulator_here"),
    "assessment:note_reminder": Rule("reminder", sight=RESULTS),
    "assessment:interests": replace(CENTRE, let_in=BODY, shown_to="assessor"),
    "assessment:case_disputes": CASE,
    "assessment:check": replace(CASE, let_in=APPLICANTS),
    **dict.fromkeys(("assessment:receipt", "assessment:receipt_file"), replace(CASE, let_in=WORK)),
    **dict.fromkeys(
        (
            *("assessment:findings", "assessment:samples", "assessment:visits", "assessment:certification_agreement"),
            "assessment:flag_reasons",
        ),
        replace(CASE, sight=WORK),
    ),
    **dict.fromkeys(
        ("assessment:assign", "assessment:take_off"), replace(CASE, let_in=("registrar",), shown_to="registrar")
    ),
    "assessment:reratings": DRAWS,
    "assessment:begin": replace(CASE, let_in=("assessor",), shown_to="assessor"),
    "assessment:minutes": replace(CASE, sight=DESK, shown_to="reviewer"),
    **dict.fromkeys(
        (
            *("assessment:desk", "assessment:desk_agreement", "assessment:desk_changes"),
            *("assessment:desk_item", "assessment:desk_draft"),
        ),
        AT_THE_DESK,
    ),
    "assessment:version_changes": EVIDENCE,
    "assessment:finding": FINDING,
    "assessment:visit": VISIT,
    "assessment:visit_pack": VISIT,
    "assessment:visit_pack_pdf": VISIT,
    **dict.fromkeys(
        ("assessment:visit_part", "assessment:visit_draft", "assessment:visit_pictures"),
        replace(VISIT, let_in=("assessor",), shown_to="assessor"),
    ),
    "assessment:sample": SAMPLE,
    "assessment:sample_record": SAMPLE,
    "assessment:sample_inventory": SAMPLE,
    "assessment:assessment": replace(CASE, answers=NO_ACT),
    "assessment:dispute": replace(DISPUTE, answers=NO_ACT),
    **dict.fromkeys(
        (
            *("evidence:evidence", "evidence:count_again", "evidence:tell_apart", "evidence:content"),
            "evidence:annotated",
        ),
        EVIDENCE,
    ),
    "evidence:map_columns": replace(EVIDENCE, let_in=APPLICANTS),
    "evidence:progress": Rule("job"),
    # --- the API -------------------------------------------------------------------------------------
    **dict.fromkeys(
        (
            *("api:schema", "api:accept_invitation", "api:signing_keys", "api:announcements"),
            *("api:certificates", "api:rankings"),
        ),
        OPEN,
    ),
    "api:tokens": replace(OPEN, answers={"delete": 401}),
    "api:editions": replace(OPEN, acted_by="rubric_author"),
    "api:centres": replace(SIGNED_IN, acted_by="administrator"),
    "api:evidence_template": Rule("format", sight=ANYBODY, shown_to="nobody"),
    **dict.fromkeys(("api:invitations", "api:evidence_door", "api:upload_door", "api:assessments"), SIGNED_IN),
    **dict.fromkeys(("api:reports", "api:board"), BOARD),
    **dict.fromkeys(("api:competences", "api:links", "api:second_factor_resets"), ADMINISTRATION),
    "api:declarations": Rule(shown_to="assessor"),
    **dict.fromkeys(
        (
            *("api:edition", "api:propose_edition", "api:return_edition", "api:publish_edition"),
            *("api:edition_diff", "api:edition_history"),
        ),
        DRAFT,
    ),
    **dict.fromkeys(("api:certificate", "api:certificate_pdf", "api:certificate_bundle"), CERTIFICATE),
    "api:certificate_acts": Rule("certificate", shown_to="registrar"),
    "api:objections": ANNOUNCED,
    **dict.fromkeys(
        ("api:report", "api:report_pdf", "api:report_csv", "api:report_xlsx", "api:report_docx", "api:report_history"),
        REPORT,
    ),
    "api:centre_history": replace(CENTRE, sight=WORK),
    "api:assessment_history": replace(CASE, sight=WORK),
    "api:evidence_history": replace(EVIDENCE, sight=WORK),
    "api:certificate_history": Rule("certificate", sight=CERTIFIED),
    "api:finding_history": FINDING,
    "api:sample_history": SAMPLE,
    "api:visit_history": VISIT,
    "api:dispute_history": replace(DISPUTE, acted_by=""),
    "api:person_history": Rule("person", sight=PERSONAL),
    "api:invitation_history": Rule("invitation"),
    **dict.fromkeys(
        (
            *("api:centre", "api:profile", "api:centre_trial"),
            *("api:centre_result", "api:centre_explanation", "api:centre_result_bundle"),
            *("api:member", "api:column_maps", "api:column_map", "api:column_map_version"),
        ),
        CENTRE,
    ),
    **dict.fromkeys(("api:centre_tasks", "api:centre_months"), replace(CENTRE, sight=WORK)),
    "api:members": replace(CENTRE, let_in=OWNED),
    "api:centre_flags": replace(CENTRE, sight=OF_THE_BODY, shown_to="assessor"),
    "api:assessment_flags": replace(CASE, sight=OF_THE_BODY, shown_to="assessor"),
    **dict.fromkeys(
        ("api:assessment_receipt", "api:certification_agreement", "api:flag_reasons", "api:surveillances"),
        replace(CASE, sight=WORK),
    ),
    "api:reratings": DRAWS,
    "api:draw_reratings": DRAW,
    **dict.fromkeys(
        (
            *("api:assessment", "api:assessment_result", "api:assessment_result_bundle", "api:assessment_package"),
            *("api:assessment_explanation", "api:submit"),
            *("api:discontinue", "api:findings", "api:samples", "api:visits", "api:disputes"),
        ),
        CASE,
    ),
    **dict.fromkeys(
        ("api:take_up", "api:return_application", "api:accept", "api:decline", "api:assign", "api:take_off"),
        replace(CASE, shown_to="registrar"),
    ),
    **dict.fromkeys(("api:begin", "api:evaluate"), BY_ASSESSOR),
    **dict.fromkeys(
        (
            *("api:ratings", "api:rating", "api:undo_rating", "api:rating_draft", "api:accept_figures"),
            "api:agreement",
        ),
        AT_THE_DESK,
    ),
    **dict.fromkeys(("api:review", "api:send_back", "api:issue_statement"), replace(CASE, shown_to="reviewer")),
    **dict.fromkeys(("api:concur", "api:decide", "api:ask_again"), replace(CASE, shown_to="decider")),
    "api:take_effect": replace(CASE, shown_to="registrar"),
    **dict.fromkeys(("api:finding", "api:finding_acts", "api:finding_questions", "api:finding_replies"), FINDING),
    "api:sample_inventory": SAMPLE,
    "api:visit_pack": VISIT,
    **dict.fromkeys(
        ("api:visit_record", "api:visit_photographs", "api:visit_photograph", "api:close_visit"),
        replace(VISIT, shown_to="assessor"),
    ),
    "api:dispute_acts": DISPUTE,
    **dict.fromkeys(
        (
            *("api:evidence", "api:evidence_content", "api:evidence_annotated", "api:evidence_count_again"),
            *("api:evidence_tell_apart", "api:evidence_changes", "api:map_proposal", "api:map_preview", "api:reread"),
        ),
        EVIDENCE,
    ),
    "api:evidence_lines": replace(EVIDENCE, query="?line=1"),
    "api:upload": Rule("upload"),
    "api:job": Rule("job"),
    "api:invitation": Rule("invitation"),
}
