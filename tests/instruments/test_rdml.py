"""RDML from the wide world: what is read, and what is refused before it is read."""

from __future__ import annotations

import pytest

from instruments.contract import ParseError, RawFile
from instruments.registry import parse, recognise
from tests.instruments.makers import archive

HEAD = '<?xml version="1.0"?><rdml version="1.2" xmlns="http://www.rdml.org"><sample id="S1"><type>unkn</type></sample><target id="N"/>'
RUN = '<experiment id="E"><run id="R">{}</run></experiment></rdml>'
REACT = '<react id="1"><sample id="S1"/><data><tar id="N"/><cq>24.5</cq></data></react>'


def packed(xml: str, name: str = "rdml_data.xml") -> RawFile:
    return RawFile("x.rdml", archive({name: xml}).content)


def refusal(file: RawFile) -> str:
    with pytest.raises(ParseError) as caught:
        parse(file)
    return caught.value.code


def test_packed_and_plain_give_the_same_readings():
    xml = HEAD + RUN.format(REACT)
    first, second = parse(packed(xml)).file, parse(RawFile("x.rdml", xml.encode())).file
    assert first.readings == second.readings and first.readings[0].value == "24.5"


@pytest.mark.parametrize("entity", ['<!ENTITY a "b">', '<!ENTITY a SYSTEM "file:///etc/hostname">', ""])
def test_a_document_type_is_refused_packed_and_plain(entity: str):
    xml = (HEAD + RUN.format(REACT)).replace("<rdml", f"<!DOCTYPE rdml [{entity}]><rdml", 1)
    assert refusal(packed(xml)) == "doctype"
    assert refusal(RawFile("x.rdml", xml.encode())) == "doctype"


def test_a_bomb_is_refused_by_its_directory():
    xml = HEAD + " " * 60_000_000 + RUN.format(REACT)
    assert refusal(packed(xml)) in ("ratio_too_high", "unpacks_too_large")


def test_a_second_part_that_leads_outside_is_refused():
    assert (
        refusal(RawFile("x.rdml", archive({"rdml_data.xml": HEAD + RUN.format(REACT), "../evil.xml": "<a/>"}).content))
        == "unsafe_member_name"
    )


def test_cut_off_xml_is_damaged():
    assert refusal(packed((HEAD + RUN.format(REACT))[:-20])) == "damaged_file"


def test_a_run_without_any_cq_is_refused():
    assert refusal(packed(HEAD + RUN.format(REACT.replace("<cq>24.5</cq>", "")))) == "no_cq"


def test_two_runs_may_both_have_a_reaction_1():
    xml = HEAD + f'<experiment id="E"><run id="A">{REACT}</run><run id="B">{REACT}</run></experiment></rdml>'
    assert [one.replicate for one in parse(packed(xml)).file.readings] == [1, 2]


def test_the_same_reaction_twice_with_another_cq_is_invalid():
    readings = parse(packed(HEAD + RUN.format(REACT + REACT.replace("24.5", "30.1")))).file.readings
    assert {one.status for one in readings} == {"invalid"}


def test_other_xml_is_not_rdml():
    scores = {one.parser.NAME: one.match.score for one in recognise(RawFile("x.csv", b"Well,Sample,Target,Cq\nA1,rdml,N,24.1\n"))}
    assert scores["rdml"] == 0
