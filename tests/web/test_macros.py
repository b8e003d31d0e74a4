"""The macros say in words and shapes what they show, escape what they are given, and link every error to its field."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DecimalField, Form, RadioField, SelectChoice, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired

from lims.web.charts import Estimate, Laboratory, Line, Pair, Point, Score, differences, forest, series, zplot
from lims.words import translate

ROOT = Path(__file__).parents[2]
HOSTILE = "<script>alert('x')</script>"
VERDICTS = ["acceptable", "warning", "action", "not_evaluated", "no_response"]


class SampleForm(Form):
    flight = StringField("Flight no.", [InputRequired("empty. A traveller sample needs it")])
    volume = DecimalField("Volume", description="as measured")
    kind = SelectField("Kind", choices=["traveller", "vector"])
    purpose = RadioField("Purpose", [InputRequired("choose one")], choices=["monitoring", "diagnosis"])
    analytes = SelectMultipleField("Analytes", choices=[SelectChoice("a", "A"), SelectChoice("b", "B")])
    urgent = BooleanField("Emergency")
    remark = TextAreaField("Remark")


@cache
def environment_in(language: str) -> Environment:
    """The settings of the application, and nothing undefined."""
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["_"] = lambda sentence, **words: translate(sentence, language, **words)
    environment.filters["instant"] = lambda instant: f"{instant:%Y-%m-%d %H:%M}"
    return environment


def render(source: str, language: str = "en", **values: Any) -> str:
    """The source with the macros as ``ui``, as the application would render it."""
    page = environment_in(language).from_string('{% import "_macros.html" as ui with context %}' + source)
    return page.render(csrf_token=lambda: "token", actor={"name": "Technician 1"}, language=language, **values)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("code", VERDICTS)
def test_a_verdict_has_a_shape_and_a_word(code: str, language: str) -> None:
    chip = render("{{ ui.verdict(code) }}", language, code=code)
    assert "<svg" in chip
    assert re.sub("<[^>]*>", "", chip).strip()


def test_the_five_verdicts_differ_in_shape_and_in_word() -> None:
    chips = [render("{{ ui.verdict(code) }}", code=code) for code in VERDICTS]
    assert len({re.sub(r' class="[^"]*"', "", re.sub("</svg>.*", "", chip)) for chip in chips}) == 5
    assert len({re.sub("<[^>]*>", "", chip) for chip in chips}) == 5


@pytest.mark.parametrize(
    ("number", "bold"),
    [("CDC1-26-TRV-000123", "000123"), ("CDC1-26-TRV-000123-01", "000123"), ("R-26-07", "07"), ("UP-26-000412", "000412"), ("X", "X")],
)
def test_the_serial_of_a_number_is_bold_and_the_number_whole(number: str, bold: str) -> None:
    shown = render("{{ ui.number(number, '/there') }}", number=number)
    assert f"<b>{bold}</b>" in shown
    assert re.sub("<[^>]*>", "", shown) == number


@pytest.mark.parametrize("ring", ["dashed", "empty", "quarter", "half", "three", "full", "cross", "triangle"])
def test_a_state_has_a_ring_and_its_word(ring: str) -> None:
    shown = render("{{ ui.state(ring, 'Under test') }}", ring=ring)
    assert "<svg" in shown
    assert "Under test" in shown


def test_an_error_of_a_field_is_linked_from_the_summary_and_named_by_the_field() -> None:
    form = SampleForm(MultiDict({"volume": "1", "kind": "vector"}))
    form.validate()
    shown = render("{{ ui.error_summary(form) }}{{ ui.fields(form) }}", form=form)
    assert 'href="#flight"' in shown
    assert 'aria-describedby="flight-error"' in shown
    assert 'id="flight-error"' in shown
    assert 'aria-invalid="true"' in shown
    assert "2 things to correct" in shown
    assert shown.count("empty. A traveller sample needs it") == 2


def test_a_form_without_errors_has_no_summary() -> None:
    assert render("{{ ui.error_summary(form) }}", form=SampleForm()).strip() == ""


def test_a_field_keeps_label_unit_and_hint_together() -> None:
    shown = render("{{ ui.field(form.volume, unit='mL') }}", form=SampleForm())
    assert '<label class="form-label" for="volume">' in shown
    assert 'aria-describedby="volume-hint"' in shown
    assert '<span class="unit">mL</span>' in shown


def test_a_field_of_a_derived_class_looks_like_its_parent() -> None:
    class CodeField(SelectField):
        """A choice of codes."""

    class CodeForm(Form):
        code = CodeField("Code", choices=["a"])

    assert 'class="form-select"' in render("{{ ui.field(form.code) }}", form=CodeForm())


def test_choices_are_a_group_with_a_legend_and_keep_what_was_ticked() -> None:
    form = SampleForm(MultiDict([("analytes", "b"), ("purpose", "diagnosis")]))
    shown = render("{{ ui.field(form.purpose) }}{{ ui.field(form.analytes) }}", form=form)
    assert shown.count("<legend") == 2
    assert re.search(r'value="b" checked', shown)
    assert re.search(r'checked [^>]*value="diagnosis"', shown)


CHARTS = {
    "zplot": zplot(
        [Laboratory("D5N", [Score("1", -2.2, "warning"), Score("2", None, "not_evaluated", "< 2.70"), Score("3", 6.0, "action")])]
    ),
    "forest": forest([Estimate("D5N", 0.55, -0.16, 1.0), Estimate("J7R", None, text="not estimable")]),
    "differences": differences([Pair(1.0, 0.1, name="S1"), Pair(2.0, -0.1, hollow=True, name="S2")], [Line(0.0, kind="zero")]),
    "series": series(
        [Point(0, 1.0), Point(1, 2.0, "action", "1-3s"), Point(2, None)], [Line(1.5, "mean", "zero")], changes=[(0.5, "lot 2")]
    ),
}


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_a_chart_says_its_finding_and_shows_the_same_data_as_a_table(name: str) -> None:
    arguments = {"zplot": "", "forest": ", 'kappa'"}.get(name, ", 'mean', 'difference'")
    shown = render(f"{{{{ ui.{name}(chart, 'One laboratory is low.'{arguments}) }}}}", chart=CHARTS[name])
    assert 'role="img" aria-label="One laboratory is low."' in shown
    table = shown[shown.index("<details") :]
    assert table.count("<tr>") == {"zplot": 2, "forest": 3, "differences": 3, "series": 4}[name]


def test_a_score_beyond_the_sheet_is_written_beside_its_mark_and_in_the_table() -> None:
    shown = render("{{ ui.zplot(chart, 'x') }}", chart=CHARTS["zplot"])
    assert shown.count("+6.00") == 2


def test_a_missing_condition_is_said_in_words_not_by_its_colour() -> None:
    shown = render("{{ ui.gates([{'ok': False, 'text': 'Homogeneity'}, {'ok': True, 'text': 'Codes'}, {'ok': none, 'text': 'Opinion'}]) }}")
    assert ["missing" in shown, "met" in shown, "waiting" in shown] == [True, True, True]


def test_a_blocked_button_cannot_submit_and_says_why() -> None:
    shown = render("{{ ui.button('Accept 88', blocked='Row 89 has no decision') }}")
    assert 'type="button"' in shown
    assert 'aria-disabled="true"' in shown
    assert "Row 89 has no decision" in shown


def test_a_signature_dialog_names_signer_and_object_and_asks_for_the_password() -> None:
    shown = render(
        "{{ ui.sign('s', '/sign', 'Sign', 'It means', [('Hash', '41d8')], 'Sign 2 results', error='The password does not fit.') }}"
    )
    assert all(word in shown for word in ("Technician 1", "41d8", 'type="password"', "csrf_token", "The password does not fit."))


def test_a_timeline_shows_each_instant_in_machine_form_too() -> None:
    entries = [
        {"instant": datetime(2026, 5, 19, 4, 52, tzinfo=UTC), "text": "Received"},
        {"at": ("11:00", "due"), "kind": "next", "text": "Review"},
    ]
    shown = render("{{ ui.timeline(entries) }}", entries=entries)
    assert 'datetime="2026-05-19T04:52:00+00:00"' in shown
    assert "knot-next" in shown


CALLS = """
ui.head(x, x, [(x, '/')], x, x)
ui.facts([(x, x, x)])
ui.pairs([(x, x)])
ui.tabs([(x, '/', True, x)], x)
ui.number(x)
ui.verdict('action', x)
ui.state('half', x)
ui.msg('error', x)
ui.filters([(x, x, '/')], x)
ui.pager(x)
ui.gates([{'ok': False, 'text': x, 'note': x}])
ui.timeline([{'at': (x, x), 'text': x, 'facts': [('pen', x, True)], 'gap': x}])
ui.queue([(x, 1, [{'icon': 'pen', 'title': x, 'url': '/', 'why': x, 'late': x, 'button': x}])])
ui.job('/j', x, 'running', 1, 2, x)
ui.plate({'A1': {'text': x, 'kind': 'c1', 'words': x}}, x)
ui.heat([(x, x)], [{'name': x, 'side': 'cdc', 'cells': [('action', x)], 'scored': x, 'overall': 'action'}], x)
ui.entry('e', [(x, x)], [{'head': x, 'cells': [{'name': x, 'value': x}], 'message': ('warn', x)}], x)
ui.last_scan(True, x, x, [(x, x)])
ui.error_summary([(x, x)])
ui.confirm('c', '/', x, x, [x], [x], x)
ui.post('/', x, values={'a': x})
ui.scan('code', x, x, x)
"""


@pytest.mark.parametrize("call", CALLS.split("\n")[1:-1])
def test_what_a_macro_is_given_is_escaped(call: str) -> None:
    shown = render(f"{{{{ {call} }}}}", x=HOSTILE)
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_every_macro_of_the_list_exists() -> None:
    words = (ROOT / "docs" / "interface.md").read_text("utf-8")
    named = sorted(set(re.findall(r"\bui\.([a-z_]+)\(", words)))
    assert named
    assert render("{% for name in names if ui[name] is not defined %}{{ name }} {% endfor %}", names=named).strip() == ""
