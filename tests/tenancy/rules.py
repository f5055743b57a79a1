"""Whose each route is: what its first parameter names, who sees that, and who can show that it is there.

A route without an entry fails the matrix with its name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.tenancy.worlds import BODY, HERE, THERE

Sight = dict[str, tuple[str, ...]]
_BOTH = (HERE, THERE)
_OWN: Sight = {"owner_here": (HERE,), "engineer_here": (HERE,), "owner_there": (THERE,)}
_ALL_OF_BODY: Sight = dict.fromkeys((*BODY, "administrator"), _BOTH)
# The inside of a case and the work on evidence.
WORK: Sight = _OWN | _ALL_OF_BODY
# Results: the regulator of the province as well.
RESULTS: Sight = WORK | {"regulator_here": (HERE,), "regulator_there": (THERE,)}
# The board: whoever watches centres, and no centre itself.
WATCHED: Sight = _ALL_OF_BODY | {"regulator_here": (HERE,), "regulator_there": (THERE,)}
LODGED: Sight = {
    "owner_here": (HERE,),
    "owner_there": (THERE,),
    "registrar": _BOTH,
    "appeal_handler": _BOTH,
}
OWNED: Sight = {"owner_here": (HERE,), "owner_there": (THERE,), "registrar": _BOTH, "administrator": _BOTH}
MINE: Sight = {"owner_here": (HERE,), "owner_there": (THERE,)}
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
}


@dataclass(frozen=True)
class Rule:
    """`of`: the kind the first parameter names; none where there is no tenant's object in the address.

    `shown_to`: who proves that the object is there: their answer is not that to a name of nothing.
    `query`: what a GET needs to be understood.
    """

    of: str = ""
    sight: Sight | None = None
    shown_to: str = "owner_here"
    query: str = ""

    @property
    def seen_by(self) -> Sight:
        return self.sight if self.sight is not None else SIGHT_OF.get(self.of, RESULTS)


OPEN = Rule()  # no object of a centre in its address; whatever it answers names nothing of an unseen centre
CENTRE, CASE, EVIDENCE = Rule("centre"), Rule("assessment"), Rule("evidence")
BY_ASSESSOR = replace(CASE, shown_to="assessor")
FINDING, VISIT, SAMPLE, DISPUTE = Rule("finding"), Rule("visit"), Rule("sample"), Rule("dispute")

RULES: dict[str, Rule] = {
    # --- pages ---------------------------------------------------------------------------------------
    **dict.fromkeys(
        (
            *("alive", "ready", "set_language"),
            *("assessment:home", "assessment:mine", "assessment:announcements", "assessment:announcement"),
            *("assessment:disputes", "assessment:edition_diff", "assessment:reratings"),
            *("assessment:board", "assessment:board_table", "assessment:board_province"),
            *("assessment:verify", "assessment:certificate", "assessment:complaint", "assessment:certificate_pdf"),
            *("account_login", "mfa_authenticate", "account_signup", "account_reset_password"),
            *("account_reset_password_done", "account_reset_password_from_key"),
            *("account_reset_password_from_key_done", "mfa_index", "account_change_password"),
            *("account_reauthenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp"),
            *("mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
            *("centres:sign_in", "centres:sign_out", "centres:staff", "centres:invitation"),
            *("indicators:rubrics", "indicators:upload", "indicators:rubric", "indicators:life"),
            *("indicators:indicator", "evidence:format"),
        ),
        OPEN,
    ),
    **dict.fromkeys(
        (
            *("assessment:centre", "assessment:result", "assessment:trace", "assessment:tasks", "assessment:months"),
            *("assessment:apply", "assessment:what_if", "assessment:bundle"),
            *("centres:profile", "centres:profile_yaml", "centres:people"),
            *("evidence:upload", "evidence:saved_maps", "evidence:saved_map"),
        ),
        CENTRE,
    ),
    "assessment:centre_history": CENTRE,
    "assessment:evidence_history": EVIDENCE,
    "assessment:finding_history": FINDING,
    "assessment:sample_history": SAMPLE,
    "assessment:visit_history": VISIT,
    "assessment:dispute_history": DISPUTE,
    "assessment:invitation_history": Rule("invitation"),
    **dict.fromkeys((f"assessment:{one}_history" for one in ("certificate", "edition", "person", "report")), OPEN),
    "api:centre_history": CENTRE,
    "api:evidence_history": EVIDENCE,
    "api:finding_history": FINDING,
    "api:sample_history": SAMPLE,
    "api:visit_history": VISIT,
    "api:dispute_history": DISPUTE,
    "api:invitation_history": Rule("invitation"),
    **dict.fromkeys((f"api:{one}_history" for one in ("certificate", "edition", "person", "report")), OPEN),
    "assessment:board_centre": Rule("centre", sight=WATCHED, shown_to="regulator_here"),
    "assessment:note_reminder": Rule("reminder", sight=RESULTS),
    "assessment:interests": replace(CENTRE, shown_to="assessor"),
    **dict.fromkeys(
        (
            *("assessment:assessment", "assessment:check", "assessment:receipt", "assessment:receipt_file"),
            *("assessment:findings", "assessment:history", "assessment:case_disputes"),
            *("assessment:samples", "assessment:visits", "assessment:certification_agreement"),
        ),
        CASE,
    ),
    "assessment:assign": replace(CASE, shown_to="registrar"),
    "assessment:take_off": replace(CASE, shown_to="registrar"),
    "assessment:minutes": replace(CASE, shown_to="reviewer"),
    **dict.fromkeys(
        (
            *("assessment:begin", "assessment:desk", "assessment:desk_agreement", "assessment:desk_changes"),
            *("assessment:desk_item", "assessment:desk_draft"),
        ),
        BY_ASSESSOR,
    ),
    "assessment:version_changes": EVIDENCE,
    "assessment:finding": FINDING,
    "assessment:visit": VISIT,
    "assessment:visit_pack": VISIT,
    "assessment:visit_pack_pdf": VISIT,
    **dict.fromkeys(
        ("assessment:visit_part", "assessment:visit_draft", "assessment:visit_pictures"),
        replace(VISIT, shown_to="assessor"),
    ),
    "assessment:sample": SAMPLE,
    "assessment:sample_record": SAMPLE,
    "assessment:sample_inventory": SAMPLE,
    "assessment:dispute": DISPUTE,
    **dict.fromkeys(
        (
            *("evidence:evidence", "evidence:count_again", "evidence:tell_apart", "evidence:content"),
            *("evidence:annotated", "evidence:map_columns"),
        ),
        EVIDENCE,
    ),
    "evidence:progress": Rule("job"),
    # --- the API -------------------------------------------------------------------------------------
    **dict.fromkeys(
        (
            *("api:schema", "api:tokens", "api:centres", "api:declarations", "api:competences", "api:links"),
            *("api:second_factor_resets", "api:invitations", "api:accept_invitation"),
            *("api:evidence_door", "api:evidence_template", "api:upload_door"),
            *("api:editions", "api:edition", "api:propose_edition", "api:return_edition", "api:publish_edition"),
            *("api:assessments", "api:signing_keys", "api:announcements", "api:objections"),
            *("api:certificates", "api:certificate", "api:certificate_pdf", "api:certificate_acts"),
            "api:certificate_bundle",
            *("api:edition_diff", "api:rankings", "api:reports"),
            *("api:report", "api:report_pdf", "api:report_csv", "api:report_xlsx", "api:report_docx", "api:board"),
            *("api:reratings", "api:draw_reratings"),
        ),
        OPEN,
    ),
    **dict.fromkeys(
        (
            *("api:centre", "api:profile", "api:centre_tasks", "api:centre_months", "api:centre_trial"),
            *("api:centre_result", "api:centre_explanation", "api:centre_result_bundle"),
            *("api:members", "api:member", "api:column_maps", "api:column_map", "api:column_map_version"),
        ),
        CENTRE,
    ),
    "api:centre_flags": replace(CENTRE, shown_to="assessor"),
    **dict.fromkeys(
        (
            *("api:assessment", "api:assessment_result", "api:assessment_result_bundle", "api:assessment_package"),
            *("api:assessment_receipt", "api:assessment_explanation", "api:assessment_history", "api:submit"),
            *("api:discontinue", "api:findings", "api:samples", "api:visits", "api:disputes"),
            *("api:certification_agreement", "api:surveillances"),
        ),
        CASE,
    ),
    **dict.fromkeys(
        ("api:take_up", "api:return_application", "api:accept", "api:decline", "api:assign", "api:take_off"),
        replace(CASE, shown_to="registrar"),
    ),
    **dict.fromkeys(
        (
            *("api:begin", "api:evaluate", "api:assessment_flags", "api:ratings", "api:rating", "api:undo_rating"),
            *("api:rating_draft", "api:accept_figures", "api:agreement"),
        ),
        BY_ASSESSOR,
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
    "api:dispute_acts": replace(DISPUTE, shown_to="appeal_handler"),
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
