"""Who may do what: one table of actions, each with the roles that may (domain guide, roles and actions).

An action is named after its slice. Whether the object is the actor's own is asked separately, where the object is
looked up; a foreign object is "not found" there.
"""

from __future__ import annotations

ROLES = ("technician", "authoriser", "qa_manager", "coordinator", "reviewer", "auditor", "administrator")

EVERYBODY = frozenset(ROLES)
BENCH = frozenset({"technician", "authoriser"})
LABORATORY = BENCH | {"qa_manager", "auditor"}

HOME = {"home.view": EVERYBODY, "home.search": EVERYBODY, "accounts.own": EVERYBODY, "jobs.view": EVERYBODY}

ACCOUNTS = {
    "accounts.manage": frozenset({"administrator"}),
    "accounts.token": frozenset({"administrator"}),
    "audit.view": frozenset({"auditor", "qa_manager", "authoriser", "administrator"}),
}

CATALOGUE = {"catalogue.view": EVERYBODY, "catalogue.load": frozenset({"qa_manager", "administrator"})}

SAMPLES = {
    "samples.view": LABORATORY,
    "samples.register": BENCH,
    "samples.label": BENCH,
    "samples.receive": BENCH,
    "samples.accept_deviation": frozenset({"authoriser"}),
}

CUSTODY = {"custody.view": LABORATORY, "custody.pack": BENCH, "custody.receive": BENCH}

STORAGE = {"storage.view": LABORATORY, "storage.move": BENCH, "storage.portion": BENCH}

RESULTS = {
    "results.view": LABORATORY,
    "results.record": BENCH,
    "results.review": BENCH,
    "results.release": frozenset({"authoriser"}),
}

IMPORTS = {
    "imports.view": LABORATORY,
    "imports.upload": BENCH,
    "imports.accept": BENCH,
    "imports.override_control": frozenset({"authoriser"}),
    "imports.undo": BENCH,
    "imports.profiles": frozenset({"authoriser"}),
    "imports.rules": BENCH | {"qa_manager"},
    "imports.approve_rule": frozenset({"authoriser", "qa_manager"}),
    "imports.override_interpretation": frozenset({"authoriser"}),
    "imports.sign_override": frozenset({"authoriser", "qa_manager"}),
}

ROUNDS = {
    "rounds.view": EVERYBODY - {"administrator"},
    "rounds.plan": frozenset({"coordinator"}),
    "rounds.approve": frozenset({"qa_manager"}),
    "rounds.enrol": frozenset({"authoriser"}),
    "rounds.code": frozenset({"coordinator"}),
    "rounds.check_preparation": frozenset({"authoriser", "qa_manager", "coordinator"}),
    "rounds.dispatch": frozenset({"coordinator"}),
    "rounds.confirm_dispatch": frozenset({"technician", "authoriser", "qa_manager", "coordinator"}),
    "rounds.witness": frozenset({"qa_manager"}),
    "rounds.receive": BENCH,
    "rounds.submit": BENCH,
    "rounds.sign": frozenset({"authoriser"}),
    "rounds.score": frozenset({"coordinator"}),
    "rounds.check": frozenset({"coordinator", "reviewer", "qa_manager"}),
    "rounds.review": frozenset({"reviewer", "qa_manager"}),
    "rounds.release": frozenset({"qa_manager"}),
    "rounds.assign_reviewer": frozenset({"qa_manager"}),
    "rounds.minutes": frozenset({"coordinator", "qa_manager"}),
    "rounds.archive": frozenset({"coordinator", "qa_manager", "auditor"}),
    "rounds.cancel": frozenset({"coordinator", "qa_manager"}),
    "rounds.report": EVERYBODY - {"administrator"},
}

FOLLOWING = {
    "rounds.ask": frozenset({"coordinator"}),
    "rounds.answer": frozenset({"authoriser"}),
    "capa.view": EVERYBODY - {"administrator"},
    "capa.open": frozenset({"coordinator"}),
    "capa.fill": BENCH,
    "capa.hand_over": frozenset({"authoriser"}),
    "capa.confirm": frozenset({"reviewer"}),
    "appeals.view": EVERYBODY - {"administrator"},
    "appeals.raise": frozenset({"authoriser", "qa_manager"}),
    "appeals.decide": frozenset({"reviewer"}),
    "complaints.answer": frozenset({"coordinator"}),
    "trends.view": LABORATORY,
}

ANNUAL_PLAN = {
    "plan.view": EVERYBODY - {"administrator"},
    "plan.propose": frozenset({"coordinator"}),
    "plan.agree": frozenset({"qa_manager"}),
}

REPORTS = {"reports.verify": EVERYBODY}

KEEPERS = frozenset({"auditor", "qa_manager", "administrator"})
VERIFICATION = {"verification.view": KEEPERS, "verification.run": KEEPERS}

VALIDATION = {
    "validation.view": EVERYBODY - {"administrator"},
    "validation.plan": frozenset({"coordinator"}),
    "validation.approve": frozenset({"qa_manager"}),
    "validation.collect": BENCH,
    "validation.analyse": frozenset({"coordinator"}),
    "validation.review": frozenset({"reviewer"}),
    "validation.decide": frozenset({"qa_manager"}),
    "validation.watch": frozenset({"coordinator", "qa_manager"}),
    "validation.withdraw": frozenset({"coordinator", "qa_manager"}),
}

ACTIONS: dict[str, frozenset[str]] = {
    **HOME, **ACCOUNTS, **CATALOGUE, **SAMPLES, **CUSTODY, **STORAGE, **RESULTS, **IMPORTS, **ROUNDS, **FOLLOWING, **REPORTS,
    **VERIFICATION, **VALIDATION, **ANNUAL_PLAN,
}  # fmt: skip


def is_allowed(roles: frozenset[str], action: str) -> bool:
    """Whether one of ``roles`` may do ``action``; an unknown action raises KeyError, it is never silently refused."""
    return bool(ACTIONS[action] & roles)
