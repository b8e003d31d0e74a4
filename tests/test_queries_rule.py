"""Whatever belongs to a laboratory is looked up in one place of its slice, and only for somebody or from a row already granted.

Read from the syntax tree: outside ``queries`` no ``select``, ``get``, ``query``, ``update`` or ``delete`` names a model with a
laboratory; inside, each public function that does takes the actor (or laboratory, or viewer), or a row that such a function gave.
"""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import lims
from lims.db.base import Base
from tests.paths import ROOT

VERBS = {"select", "get", "get_one", "query", "exists", "update", "delete", "join", "select_from"}
NARROWING = {"actor", "laboratory_id", "viewer"}

#: Look-ups outside queries, each with its reason.
ALLOWED_OUTSIDE = {
    "lims/accounts/service/people.py:reset_password": "an administrator's own use case on one account; the door is permit",
    "lims/accounts/service/people.py:disable_user": "an administrator's own use case on one account; the door is permit",
    "lims/accounts/service/sessions.py:end_session": "one's own login session; another's is not found",
    "lims/accounts/service/sessions.py:_open": "the account whose password was just proved",
    "lims/accounts/service/sessions.py:_rehash_if_weak": "the account whose password was just proved",
    "lims/audit/service/chains.py:verify_chains": "the check of the whole installation reads every chain and shows only counts",
    "lims/audit/service/chains.py:_verify": "the check of the whole installation reads every chain and shows only counts",
    "lims/jobs/service.py:finish": "the worker acts on the job it has claimed",
}
#: Public look-ups inside queries that take nobody, each with its reason.
ALLOWED_WITHOUT_ACTOR = {
    "lims/accounts/queries.py:user_by_login": "before signing in there is no actor",
    "lims/accounts/queries.py:user_by_id": "makes the actor",
    "lims/accounts/queries.py:laboratories_of": "makes the actor: the laboratories of one person",
    "lims/accounts/queries.py:login_session": "the cookie's secret token is the proof",
    "lims/accounts/queries.py:api_token": "the secret token is the proof",
    "lims/accounts/queries.py:open_sessions": "the login sessions of one person",
    "lims/accounts/queries.py:is_empty": "whether anybody has an account at all",
    "lims/accounts/queries.py:has_been_used": "the first start: whether anything but the demonstration is there; answers yes or no",
    "lims/accounts/queries.py:people": "the administrator's list; accounts belong to the installation, roles to laboratories",
    "lims/jobs/queries.py:latest_for": "the state of a job on a subject that the caller has found for its actor",
    "lims/jobs/queries.py:still_run": "the worker's own claimed job, by its attempt",
    "lims/jobs/queries.py:claimable": "the worker works for everybody; the job carries its actor",
    "lims/rounds/queries/following.py:records_of": "of a case that the caller has found for its actor",
    "lims/rounds/queries/following.py:steps_of": "of a case that the caller has found for its actor",
    "lims/rounds/queries/following.py:decisions": "of objections that the caller has found for its actor",
    "lims/rounds/queries/visible.py:opened_to_the_trail": "a condition, which the trail adds to the narrowing by its reader",
    "lims/rounds/queries/pages.py:every_round": "the command line of the machine's owner",
    "lims/rounds/queries/pages.py:newest_report": "the command line of the machine's owner",
    "lims/rounds/queries/annual.py:organiser_in_turn": "of a scheme that the caller has found for its actor; gives a party of it",
    "lims/rounds/queries/annual.py:is_planned_already": "of a scheme that the caller has found for its actor; answers yes or no",
    "lims/rounds/queries/records.py:is_scheme_code_taken": "codes are unique in the installation; answers yes or no",
    "lims/rounds/queries/records.py:round_codes": "the codes in use, to choose the next",
    "lims/rounds/queries/records.py:due_rounds": "the worker locks every round whose deadline has come",
    "lims/rounds/queries/desk.py:newest_status": "a part of a query, not a look-up: correlated to the participant's row around it",
    "lims/validation/queries/pages.py:every_study": "the command line of the machine's owner",
    "lims/validation/queries/pages.py:study_of_owner": "the command line of the machine's owner",
    "lims/validation/queries/pages.py:study_codes": "the codes in use, to choose the next",
    "lims/signatures/queries.py:signatures_of": "the signatures of a subject that the caller has found for its actor",
}


@functools.cache
def owned() -> frozenset[str]:
    """The names of the models whose rows belong to a laboratory."""
    for module in pkgutil.walk_packages(lims.__path__, "lims."):
        if ".models" in module.name:
            importlib.import_module(module.name)
    return frozenset(mapper.class_.__name__ for mapper in Base.registry.mappers if "laboratory_id" in mapper.local_table.c)  # type: ignore[attr-defined]


def names(node: ast.AST) -> set[str]:
    """The names in an expression, the quoted ones of annotations too."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def looks_up(function: ast.AST) -> bool:
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        verb = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if verb in VERBS and any(names(argument) & owned() for argument in call.args):
            return True
    return False


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every top-level function and method, and what stands outside of all."""
    for node in tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for part in inner:
            yield getattr(part, "name", "(module)"), part


def is_narrowed(function: ast.AST) -> bool:
    """Whether it takes the actor, or a row of a model with a laboratory, which somebody's look-up has given."""
    if not isinstance(function, ast.FunctionDef):
        return False
    arguments = [*function.args.args, *function.args.kwonlyargs]
    return any(one.arg in NARROWING or (one.annotation is not None and names(one.annotation) & owned()) for one in arguments)


def findings_outside(path: str, source: str) -> set[str]:
    return {f"{path}:{name}" for name, function in functions(ast.parse(source)) if looks_up(function)}


def findings_inside(path: str, source: str) -> set[str]:
    public = [(name, function) for name, function in functions(ast.parse(source)) if not name.startswith("_")]
    return {f"{path}:{name}" for name, function in public if looks_up(function) and not is_narrowed(function)}


def sources(is_inside: bool) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "lims").rglob("*.py")):
        parts = Path(path.relative_to(ROOT)).parts
        if (parts[-1].endswith("queries.py") or "queries" in parts) is is_inside:
            yield "/".join(parts), path.read_text(encoding="utf-8")


@pytest.mark.assurance("A4")
def test_nothing_outside_queries_looks_up_what_belongs_to_a_laboratory():
    found = set().union(*(findings_outside(path, source) for path, source in sources(is_inside=False)))
    assert found - set(ALLOWED_OUTSIDE) == set()


@pytest.mark.assurance("A4")
def test_each_look_up_is_for_somebody_or_from_a_granted_row():
    found = set().union(*(findings_inside(path, source) for path, source in sources(is_inside=True)))
    assert found - set(ALLOWED_WITHOUT_ACTOR) == set()


def test_the_lists_of_exceptions_hold_nothing_that_is_gone():
    outside = set().union(*(findings_outside(path, source) for path, source in sources(is_inside=False)))
    inside = set().union(*(findings_inside(path, source) for path, source in sources(is_inside=True)))
    assert (set(ALLOWED_OUTSIDE) - outside, set(ALLOWED_WITHOUT_ACTOR) - inside) == (set(), set())


@pytest.mark.parametrize(
    "line",
    ["session.get(Sample, key)", "select(Sample.number)", "session.query(Sample)", "session.scalars(select(Round).where(Round.id == key))",
     "session.execute(update(Upload).values(state='x'))"],
)  # fmt: skip
def test_a_planted_look_up_is_found(line: str):
    source = f"def verb(session, key):\n    return {line}\n"
    assert findings_outside("x.py", source) == {"x.py:verb"}
    assert findings_inside("x.py", source) == {"x.py:verb"}


@pytest.mark.parametrize("arguments", ["s, actor", "s, laboratory_id", "s, row: Round", "s, rows: Sequence[Submission]"])
def test_a_narrowed_look_up_passes(arguments: str):
    assert findings_inside("x.py", f"def rows({arguments}):\n    return select(Sample)\n") == set()
