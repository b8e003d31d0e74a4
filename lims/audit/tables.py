"""The tables of the trail in the reader's words."""

from __future__ import annotations

from lims.marks import N_

TABLES = {
    "api_token": N_("API token"), "app_user": N_("user account"), "blunder_flag": N_("flag before scoring"),
    "blunder_screening": N_("screening before scoring"), "blunder_step": N_("question before scoring"),
    "box": N_("box"), "box_item": N_("sample in a box"), "box_manifest": N_("manifest of a box"),
    "box_receipt": N_("receipt of a box"), "box_finding": N_("finding at the receipt of a box"),
    "catalogue_entry": N_("catalogue entry"),
    "capa_case": N_("corrective action"), "capa_record": N_("record of a corrective action"),
    "capa_step": N_("signature under a corrective action"), "objection": N_("appeal or complaint"),
    "objection_decision": N_("decision of an appeal or complaint"),
    "custody_event": N_("custody entry"), "dispatch": N_("distribution record"), "ended_batch": N_("withdrawn batch of items"),
    "evaluation": N_("score run"), "form_upload": N_("filled result form"), "instrument_profile": N_("table profile"),
    "remembered_answer": N_("answer to a request"), "item_code": N_("code of an item"), "laboratory": N_("laboratory"),
    "membership": N_("role of a person"),
    "opinion": N_("opinion on a round"), "organisation": N_("organisation"), "participant": N_("participant of a round"),
    "plan_consent": N_("consent to the annual plan"), "plan_line": N_("line of the annual plan"),
    "preparation_record": N_("preparation record"), "pt_item": N_("item of a round"), "reading_decision": N_("decision about a reading"),
    "release": N_("release of a round"), "reported_value": N_("reported value"), "result": N_("result"),
    "result_review": N_("review of a result"), "result_withdrawal": N_("withdrawal of a result"), "round": N_("comparison round"),
    "round_approval": N_("approval in a round"), "round_move": N_("step of a round"), "round_report": N_("round report"),
    "sample": N_("sample"), "scheme": N_("comparison scheme"), "scheme_party": N_("party of a scheme"), "setup_token": N_("setup token"),
    "signature": N_("signature"), "submission": N_("submission to a round"), "upload": N_("instrument upload"),
    "upload_reading": N_("reading of an upload"), "verification_run": N_("verification of the statistics"),
}  # fmt: skip
