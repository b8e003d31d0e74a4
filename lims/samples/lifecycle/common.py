"""The fields that all samples have (domain guide 3.1): the one description that form, page, interface, template and import read."""

from __future__ import annotations

from lims.marks import N_
from lims.samples.lifecycle import kinds
from lims.samples.lifecycle.fields import CHOICE, CODE, DECIMAL, INSTANT, LISTED, MANY, NOTE, Field

#: Quantities of a unit in which an amount of a sample is given.
AMOUNTS = ("volume", "mass", "count", "ratio")


def _same(codes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((code, code) for code in codes)


COMMON = (
    Field(
        "external_number",
        N_("External no. or tube barcode"),
        CODE,
        hint=N_("Kept exactly as given, leading zeros too"),
        longest=80,
        example="0041851",
        is_own=True,
        is_unique=True,
    ),
    Field("matrix", N_("Matrix"), LISTED, is_required=True, list_code="sample_matrices", longest=20),
    Field("purpose", N_("Purpose"), CHOICE, choices=tuple(kinds.PURPOSES.items()), example="monitoring"),
    Field("confidentiality", N_("Confidentiality"), CHOICE, choices=tuple(kinds.CONFIDENTIALITY.items()), example="own_organisation"),
    Field("sending_organisation", N_("Sending organisation"), longest=120, example="Customs Laboratory A"),
    Field("sending_laboratory", N_("Sending laboratory"), longest=120, example="Quarantine station 1"),
    Field("port", N_("Port"), LISTED, list_code="ports", longest=20, example="CN-CTU"),
    Field("sampling_point", N_("Sampling point"), longest=120, example="sampling cabin 2"),
    Field("sampled_at", N_("Sampled at"), INSTANT, example="2025-05-19 08:30"),
    Field("sampler", N_("Sampler"), hint=N_("Role or staff code, no name of a traveller"), longest=60, example="Technician 1"),
    Field("quantity", N_("Quantity"), DECIMAL, longest=40, example="3.0"),
    Field("unit", N_("Unit"), LISTED, list_code="units_ucum", longest=30, example="mL"),
    Field("container", N_("Container"), longest=80, example="tube with medium"),
    Field("medium", N_("Medium"), longest=80, example="VTM"),
    Field("analytes", N_("Analytes"), MANY, example="SARSCOV2"),
    Field("priority", N_("Priority"), CHOICE, choices=tuple(kinds.PRIORITIES.items()), example="routine"),
    Field("due_at", N_("Result due at"), INSTANT, may_be_future=True, example="2025-05-20 08:30"),
    Field("event_number", N_("Event no."), CODE, longest=40, example="EV-2026-0007"),
    Field("hazard_class", N_("Hazard class (2006 list)"), CHOICE, choices=_same(kinds.HAZARD_CLASSES), example="3"),
    Field("biosafety_level", N_("Biosafety level"), CHOICE, choices=_same(kinds.BIOSAFETY_LEVELS), example="BSL-2"),
    Field("transport_category", N_("Transport class"), LISTED, list_code="transport_categories", longest=20, example="CAT_B"),
    Field("permit_number", N_("Permit no."), CODE, longest=60, example="P-2026-0031"),
    Field("inactivation", N_("Inactivation record"), longest=200, example="56 Cel 30 min"),
    Field("transport_condition", N_("Transport condition"), CHOICE, choices=tuple(kinds.TRANSPORT_CONDITIONS.items()), example="2-8"),
    Field("logger_number", N_("Temperature logger no."), CODE, longest=40, example="TL-0042"),
    Field("location", N_("Storage place"), longest=120, example="freezer 2, rack B", is_own=True),
    Field("remarks", N_("Remarks"), NOTE, longest=2000, is_own=True, example="outer bag dry"),
)
BY_CODE = {one.code: one for one in COMMON}
#: What a sample has when its form or row says nothing.
DEFAULTS = {"purpose": "monitoring", "priority": "routine", "confidentiality": "own_organisation"}
GROUPS = (
    (N_("Identity"), ("external_number", "matrix", "purpose", "confidentiality")),
    (N_("Origin"), ("sending_organisation", "sending_laboratory", "port", "sampling_point", "sampled_at", "sampler")),
    (N_("Amount"), ("quantity", "unit", "container", "medium")),
    (N_("Request"), ("analytes", "priority", "due_at", "event_number")),
    (N_("Safety and transport"), ("hazard_class", "biosafety_level", "transport_category", "permit_number", "inactivation",
                                  "transport_condition", "logger_number")),
    (N_("Storage and remarks"), ("location", "remarks")),
)  # fmt: skip


def columns(kind: kinds.Kind) -> tuple[Field, ...]:
    """Every field of a kind in the order of its template: the first of the common ones, its own, the other common ones."""
    first = ("external_number", "matrix")
    return (*(BY_CODE[name] for name in first), *kind.fields, *(one for one in COMMON if one.code not in first))
