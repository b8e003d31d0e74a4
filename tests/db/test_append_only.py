"""Records are only ever added: no way of writing changes or removes a row of a protected table, on either engine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, delete, func, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from lims import blobs, clock, seals, worker
from lims.audit import listener
from lims.db.base import Base
from lims.db.engine import Database
from lims.db.guard import UnauditedWrite
from lims.db.session import SYSTEM, bind, reading, transaction
from lims.imports import queries as uploads
from lims.imports import service as imports
from lims.imports.service.interpreting import reasoning_hash
from lims.results import queries as results
from lims.results.service import review_results
from lims.rounds import service as rounds
from lims.rounds.queries import annual, following
from lims.rounds.scoring.consequences import FIELDS
from lims.rounds.service import programs
from lims.validation import service as studies
from lims.verification import service as verification
from tests import postgresql
from tests.custody_factory import hand_over, store_a_portion
from tests.db.protected import PROTECTED
from tests.factories import PASSWORD, accepted_sample
from tests.form_factory import LAB, accepted, answered, technician
from tests.imports.rules import approved, run_table
from tests.round_factory import DEADLINE, PANEL, QUALITATIVE, QUANTITATIVE, SECOND, START, VALUES, World, new_world
from tests.validation_factory import NEW, StudyWorld, agreeing

TABLES = sorted(table for added in PROTECTED.values() for table in added)
WAYS = [
    ("update", "orm"), ("update", "core"), ("update", "sql"), ("delete", "orm"), ("delete", "core"), ("delete", "sql"), ("truncate", "sql"),
]  # fmt: skip
CONTROLS = ("G12,PC,Positive Control,N,22.00", "H12,NTC,NTC,N,Undetermined")

pytestmark = pytest.mark.assurance("R1")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with at least one row in every protected table, all made by services."""
    folder = tmp_path_factory.mktemp("filled")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), folder / "lims.db")
        yield from _filled(Database(f"sqlite:///{folder / 'lims.db'}"), folder)
    else:
        with postgresql.copy_of(request.getfixturevalue("migrated_postgresql")) as url:
            yield from _filled(Database(url, is_pooled=False), folder)


def _filled(database: Database, folder: Path) -> Iterator[Database]:
    listener.install()
    bind(database)
    blobs.use(folder / "files")
    seals.use(folder)
    with clock.frozen(START):
        world = new_world(folder)
        world.blobs = blobs.store()
        _withdraw_a_panel(world)
    _publish_a_round(world)
    _accept_review_and_undo(world)
    _validate_a_method(world)
    _interpret_by_a_rule(world)
    _verify_the_statistics(world)
    hand_over(world.labs["CUSA"], world.labs["CDCD"])
    store_a_portion(world.labs["CUSA"])
    yield database
    database.close()


def _withdraw_a_panel(world: World) -> None:
    world.to_testing(QUALITATIVE)
    rounds.record_findings(world.labs["CUSA"]["technician"], world.round_id, {next(iter(world.numbers("CUSA"))): ("broken", "cap off")})
    for side in ("customs", "cdc"):
        rounds.withdraw_items(world.qa(side), world.round_id, "item 3 leaks", PASSWORD, seen=world.seen("withdraw_items"))
    rounds.define_items(world.coordinator, world.round_id, PANEL)
    rounds.record_stock(world.coordinator, world.round_id, 1, "made", 12)
    line = rounds.propose_line(world.coordinator, rounds.LineDraft(world.scheme_id, "2027-03", "NAT5"))
    rounds.agree_line(world.qa("cdc"), line.id, PASSWORD, seen=annual.basis_of(line))
    world.measure(1, "homogeneity", "\n".join(["POS/26.1\tPOS/26.3"] * 10))


def _validate_a_method(world: World) -> None:
    study = StudyWorld({code: world.labs[code] for code in ("CUSA", "CDCB")})
    study.to_collection(rows=agreeing(12, 12, missed=1))
    studies.exclude_row(study.technician, study.study_id, 2, "control", "NTC positive")
    for kind in ("test_again", "reference_again", "third_method"):
        studies.retest_row(study.technician, study.study_id, 1, kind, "positive")
    study.analyse()
    study.review()
    study.decide()
    study.authorise()
    study.register(replace(NEW, template_code="VQ_READERS"))
    study.plan()
    study.approve()
    studies.open_collection(study.coordinator, study.study_id)
    studies.read_item(study.technician, study.study_id, "A1", 1, "positive")


def _review(world: World) -> None:
    rounds.assign_reviewer(world.qa("cdc"), world.round_id, world.reviewer("cdc").user_id)
    rounds.comment(world.reviewer("cdc"), world.round_id, "The second level is hard.", item_number=2)
    world.file_minutes(rounds.ActionDraft("Look at level 2", "Organiser", "2026-07-01"))
    seen = world.seen("score_run")
    rounds.issue_interim(world.coordinator, world.round_id, PASSWORD, world.qa("cdc").login, PASSWORD, world.blobs, seen=seen)
    rounds.override_verdict(
        world.reviewer("customs"), world.round_id, world.part("CUSA").code, 1, "not_evaluated", "The tube was cracked.", PASSWORD,
        world.reviewer("cdc").login, PASSWORD, seen=world.seen("score_run"),
    )  # fmt: skip


def _verify_the_statistics(world: World) -> None:
    verification.request_run(world.labs["CUSA"]["auditor"])
    while worker.work_once():
        pass


def _publish_a_round(world: World) -> None:
    with clock.frozen(START):
        world.to_testing(QUANTITATIVE)
        accepted(world, answered(world))
        programs.put_draft(technician(world), world.round_id, world.entry(LAB, VALUES[LAB]), "key of a program")
        for lab, values in {**VALUES, "CUSC": {1: "1.30", 2: "3.10"}}.items():
            world.submit(lab, values)
    with clock.frozen(DEADLINE + SECOND):
        rounds.close_if_due(world.round_id)
        rounds.ask_laboratory(world.coordinator, world.round_id, 1)
        rounds.decide_question(world.coordinator, world.round_id, 1, "keep", "looked at", world.qa("cdc").login, PASSWORD)
        world.unblind()
        world.evaluate()
        _review(world)
        world.opine()
        world.release()
        rounds.request_archive(world.qa("cdc"), world.round_id)
        _follow(world)


def _follow(world: World) -> None:
    """A corrective action handed over, and an appeal decided."""
    rounds.start_follow_up(world.coordinator, world.round_id)
    with reading() as session:
        case = next(one for one in following.cases_of(session, world.row()) if one.laboratory_id == world.labs["CDCD"].id)
    content = dict.fromkeys(FIELDS, "x") | {"effectiveness_kind": "next_round"}
    rounds.save_case(world.labs["CDCD"]["technician"], case.id, content, seen=0)
    rounds.hand_over_case(world.labs["CDCD"]["authoriser"], case.id, PASSWORD)
    raised = rounds.raise_complaint(world.labs["CDCD"]["authoriser"], world.round_id, "late box", PASSWORD)
    rounds.answer_complaint(world.coordinator, raised.id, "the carrier was changed", PASSWORD)


def _accept_review_and_undo(world: World) -> None:
    laboratory = world.labs["CUSA"]
    for number in ("S-1", "S-2"):
        accepted_sample(laboratory, number)
        imports.make_worklist(laboratory["technician"], imports.Plan([number]))
        lines = ["Well,Sample,Task,Target,Ct", f"A1,{number},UNKNOWN,N,24.50", *CONTROLS, ""]
        content = "\r\n".join(lines)
        upload = imports.store_upload(laboratory["technician"], f"{number}.csv", content.encode()).upload
        while worker.work_once():
            pass
        imports.accept_upload(laboratory["technician"], upload.id)
        if number == "S-1":
            imports.undo_upload(laboratory["technician"], upload.id, "wrong plate")
    with reading() as session:
        keys = [row.id for row in results.of_upload(session, laboratory["technician"], upload.id)]
    review_results(laboratory["technician2"], keys)


def _interpret_by_a_rule(world: World) -> None:
    """A rule that was overridden for a sample, and then withdrawn."""
    laboratory = world.labs["CUSA"]
    accepted_sample(laboratory, "S-3")
    rule = approved(laboratory)
    upload = imports.store_upload(laboratory["technician"], "rule.csv", run_table({"S-3": ("39.00", "24.00", "25.00")})).upload
    while worker.work_once():
        pass
    with reading() as session:
        made = imports.interpretation_of(session, laboratory["technician"], uploads.upload(session, laboratory["technician"], upload.id))
    finding, second = made.outcomes[0].finding, imports.Proof(laboratory["qa_manager"].login, PASSWORD)
    imports.override_interpretation(
        laboratory["authoriser"], upload.id, made.outcomes[0].sample_id, "positive", "seen", second, seen=reasoning_hash(finding)
    )
    imports.withdraw_rule(laboratory["authoriser"], rule.id, "replaced")


def model_of(table: str) -> Any:
    return next(mapper.class_ for mapper in Base.registry.mappers if str(mapper.local_table.description) == table)


def changeable(table: str) -> str:
    """A text column that may be overwritten without breaking another rule first."""
    columns = [column for column in model_of(table).__table__.columns if isinstance(column.type, String) and not column.primary_key]
    return next(column.name for column in columns if not column.foreign_keys)


def content_of(table: str) -> list[tuple[Any, ...]]:
    with reading() as session:
        return sorted((tuple(row) for row in session.execute(select(*model_of(table).__table__.columns))), key=repr)


def attempt(session: Any, table: str, verb: str, way: str) -> None:
    model, column = model_of(table), changeable(table)
    if way == "orm":
        row = session.scalars(select(model).limit(1)).one()
        if verb == "delete":
            session.delete(row)
        else:
            setattr(row, column, "x")
        session.flush()
    elif way == "core":
        session.execute(delete(model) if verb == "delete" else update(model).values({column: "x"}))
    else:
        session.execute(text(raw(table, verb)))


def raw(table: str, verb: str) -> str:
    quoted = f'"{table}"'
    if verb == "update":
        return f"UPDATE {quoted} SET {changeable(table)} = 'x'"
    return f"DELETE FROM {quoted}" if verb == "delete" else f"TRUNCATE {quoted} CASCADE"


def ways(database: Database) -> list[tuple[str, str]]:
    return [one for one in WAYS if one[0] != "truncate" or database.dialect == "postgresql"]


@pytest.mark.parametrize("table", TABLES)
def test_a_service_can_neither_change_nor_remove_a_record(filled: Database, table: str):
    before = content_of(table)
    assert before, f"no row in {table}: nothing would be tried"
    for verb, way in ways(filled):
        with pytest.raises((DBAPIError, UnauditedWrite)), transaction(SYSTEM, f"{verb} by {way}") as session:
            attempt(session, table, verb, way)
    assert content_of(table) == before


@pytest.mark.parametrize("table", TABLES)
def test_the_database_itself_refuses_what_passes_the_program(filled: Database, table: str):
    before = content_of(table)
    for verb, way in ways(filled):
        if way == "orm":
            continue
        with filled.writer.execution_options(lims_unguarded=True).connect() as connection, pytest.raises(DBAPIError, match="append-only"):
            attempt(connection, table, verb, way)
    assert content_of(table) == before


def test_the_attempts_leave_no_trace_in_the_trail(filled: Database):
    with reading() as session:
        events = model_of("audit_event")
        tried = select(func.count()).select_from(events).where(events.reason.like("% by %"), events.actor_name == "system")
        assert session.scalar(tried) == 0


def test_without_its_trigger_a_record_could_be_changed(filled: Database):
    """The refusals above are the triggers' work, not an accident of the attempt."""
    name = "DROP TRIGGER opinion_no_update" + ("" if filled.dialect == "sqlite" else " ON opinion")
    with filled.writer.execution_options(lims_unguarded=True).connect() as connection:
        connection.execute(text(name))
        assert connection.execute(text(raw("opinion", "update"))).rowcount > 0
        connection.rollback()
    assert "opinion" in inspect(filled.engine).get_table_names()
