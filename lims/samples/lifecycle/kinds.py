"""The kinds of samples and the fields each has beside the common ones (domain guide 3.2), in the order of the paper form."""

from __future__ import annotations

from dataclasses import dataclass

from lims.marks import N_
from lims.samples.lifecycle.fields import CHOICE, CODE, COUNTRY, DATE, DECIMAL, Field

YES_NO = (("yes", N_("yes")), ("no", N_("no")), ("unknown", N_("not known")))
SEX = (("f", N_("female")), ("m", N_("male")), ("unknown", N_("not known")))
AGE_BANDS = tuple((band, band) for band in ("0-4", "5-14", "15-29", "30-39", "40-49", "50-64", "65+"))
CONVEYANCES = (
    ("flight", N_("flight")), ("train", N_("train")), ("vessel", N_("vessel")), ("vehicle", N_("road vehicle")), ("foot", N_("on foot")),
)  # fmt: skip
TRAVELLER_CATEGORIES = (("screening", N_("screening")), ("fever", N_("fever")), ("contact", N_("contact")), ("crew", N_("crew")))
SURFACES = (
    ("outer_box", N_("outer box")), ("inner_box", N_("inner box")), ("wall", N_("wall of hold or room")), ("other", N_("other surface")),
)  # fmt: skip

TRAVELLER = (
    Field("pseudonym", N_("Pseudonym"), CODE, is_required=True, hint=N_("Issued by the sender. Never a name or a document number.")),
    Field("category", N_("Traveller category"), CHOICE, is_required=True, choices=TRAVELLER_CATEGORIES),
    Field("conveyance_type", N_("Came by"), CHOICE, choices=CONVEYANCES),
    Field("conveyance_number", N_("Flight, train or vessel no."), CODE, is_required=True, hint=N_('Unknown: write "unknown" and why.')),
    Field("entry_date", N_("Day of entry"), DATE),
    Field("origin_country", N_("Country of departure"), COUNTRY, hint=N_("Two letters, such as TH.")),
    Field("transit_countries", N_("Transit countries")),
    Field("age_band", N_("Age band"), CHOICE, choices=AGE_BANDS),
    Field("sex", N_("Sex"), CHOICE, choices=SEX),
    Field("symptoms", N_("Symptoms"), CHOICE, choices=YES_NO),
    Field("exposure", N_("Known exposure"), CHOICE, choices=YES_NO),
    Field("onset_date", N_("Day of onset"), DATE),
    Field("test_sequence", N_("First or repeat test"), CHOICE, choices=(("first", N_("first")), ("repeat", N_("repeat")))),
)
FOOD = (
    Field("declaration_number", N_("Declaration no."), CODE),
    Field("hs_code", N_("HS code"), CODE),
    Field("product", N_("Product"), is_required=True),
    Field("brand", N_("Brand")),
    Field("producer_registration", N_("Registration no. of the overseas producer"), CODE),
    Field("producer_risk_grade", N_("Risk grade of the producer"), CODE),
    Field("importer", N_("Importer")),
    Field("lot", N_("Lot"), CODE),
    Field("production_date", N_("Day of production"), DATE),
    Field("expiry_date", N_("Best before"), DATE, may_be_future=True),
    Field("origin_country", N_("Country of origin"), COUNTRY, hint=N_("Two letters, such as TH.")),
    Field("net_weight", N_("Net weight"), DECIMAL, unit="kg"),
    Field("sampling_plan", N_("Sampling plan (n, c, m, M)"), CODE),
    Field("container_number", N_("Container no."), CODE),
    Field("seal_number", N_("Seal no."), CODE),
    Field("retained_duplicate", N_("Duplicate retained"), CHOICE, choices=YES_NO),
)
ENVIRONMENT = (
    Field("surface", N_("Surface"), CHOICE, is_required=True, choices=SURFACES),
    Field("area", N_("Area swabbed"), DECIMAL, unit="cm²"),
    Field("lot", N_("Lot"), CODE),
    Field("container_number", N_("Container no."), CODE),
    Field("storage_temperature", N_("Storage temperature"), DECIMAL, unit="℃", may_be_negative=True),
    Field("disinfected", N_("Disinfected before sampling"), CHOICE, choices=YES_NO),
)


@dataclass(frozen=True)
class Kind:
    """A kind of sample: the three letters of its numbers, its name, its fields, and the sources whose matrices it takes."""

    code: str
    name: str
    fields: tuple[Field, ...]
    groups: frozenset[str]
    sources: frozenset[str]
    #: lists of the catalogue whose measurands the form offers
    measurands: tuple[str, ...]

    def takes(self, group: str, source: str) -> bool:
        """Whether a matrix of this group and source belongs to this kind."""
        return group in self.groups and source in self.sources


KINDS = {
    "TRV": Kind("TRV", N_("Traveller"), TRAVELLER, frozenset({"human"}), frozenset({"traveller", "patient"}), ("pathogens",)),
    "FOD": Kind("FOD", N_("Food"), FOOD, frozenset({"food"}), frozenset({"goods"}), ("pathogens", "chemical_analytes")),
    "ENV": Kind(
        "ENV", N_("Environment, cold-chain swab"), ENVIRONMENT, frozenset({"environment"}), frozenset({"port", "goods"}),
        ("pathogens", "animal_plant_agents"),
    ),
}

PURPOSES = {
    "monitoring": N_("Monitoring"), "event": N_("Event"), "confirmation": N_("Confirmation"), "comparison": N_("Comparison"),
    "validation": N_("Validation"), "drill": N_("Drill"), "training": N_("Training"),
}  # fmt: skip
PRIORITIES = {"routine": N_("Routine"), "urgent": N_("Urgent"), "emergency": N_("Emergency")}
CONFIDENTIALITY = {
    "open": N_("Open to everyone"), "partners": N_("Partners"), "own_organisation": N_("Own organisation"), "restricted": N_("Restricted"),
}  # fmt: skip
TRANSPORT_CONDITIONS = {
    "ambient": N_("Ambient"), "2-8": "2–8 ℃", "-20": "−20 ℃", "-70": "−70 ℃", "dry_ice": N_("Dry ice"),
    "liquid_nitrogen": N_("Liquid nitrogen"),
}  # fmt: skip
HAZARD_CLASSES = ("1", "2", "3", "4")
BIOSAFETY_LEVELS = ("BSL-1", "BSL-2", "BSL-3", "BSL-4")
CONDITIONS = {
    "intact": N_("Intact"), "damaged": N_("Damaged"), "leaking": N_("Leaking"), "thawed": N_("Thawed"), "unlabelled": N_("Not labelled"),
}  # fmt: skip
