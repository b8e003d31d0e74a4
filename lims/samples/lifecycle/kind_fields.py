"""The fields each kind of sample has beside the common ones (domain guide 3.2), in the order of the paper form.

One table: the form, the sample's page, the interface for programs, the spreadsheet template and its import all read it.
"""

from __future__ import annotations

from lims.marks import N_
from lims.samples.lifecycle.fields import CHOICE, CODE, COUNTRY, DATE, DECIMAL, INTEGER, LISTED, Field

YES_NO = (("yes", N_("yes")), ("no", N_("no")), ("unknown", N_("not known")))
SEX = (("f", N_("female")), ("m", N_("male")), ("unknown", N_("not known")))
AGE_BANDS = tuple((band, band) for band in ("0-4", "5-14", "15-29", "30-39", "40-49", "50-64", "65+"))
CONVEYANCES = (
    ("flight", N_("flight")), ("train", N_("train")), ("vessel", N_("vessel")), ("vehicle", N_("road vehicle")), ("foot", N_("on foot")),
)  # fmt: skip
TRAVELLER_CATEGORIES = (("screening", N_("screening")), ("fever", N_("fever")), ("contact", N_("contact")), ("crew", N_("crew")))
PATIENT_CATEGORIES = (("confirmed", N_("confirmed case")), ("suspected", N_("suspected case")), ("contact", N_("contact")))
SURFACES = (
    ("outer_box", N_("outer box")), ("inner_box", N_("inner box")), ("wall", N_("wall of hold or room")), ("other", N_("other surface")),
)  # fmt: skip
STAGES = (("egg", N_("egg")), ("larva", N_("larva")), ("pupa", N_("pupa")), ("nymph", N_("nymph")), ("adult", N_("adult")))
IDENTIFICATIONS = (("morphology", N_("morphology")), ("barcode", N_("DNA barcode")), ("maldi", N_("mass spectrometry")))
PRESERVATIONS = (("live", N_("live")), ("frozen", N_("frozen")), ("ethanol", N_("in ethanol")), ("dry", N_("dry")))
ORGANS = (
    ("lung", N_("lung")), ("liver", N_("liver")), ("spleen", N_("spleen")), ("kidney", N_("kidney")), ("serum", N_("serum")),
    ("other", N_("other organ")),
)  # fmt: skip
PARTS = (
    ("seed", N_("seed")), ("leaf", N_("leaf")), ("stem", N_("stem")), ("root", N_("root")), ("fruit", N_("fruit")), ("wood", N_("wood")),
    ("whole", N_("whole plant")), ("specimen", N_("pest specimen")), ("soil", N_("soil")),
)  # fmt: skip
WATERS = (
    ("drinking", N_("drinking water")), ("ballast", N_("ballast water")), ("sewage", N_("sewage")), ("bilge", N_("bilge water")),
    ("other", N_("other water")),
)  # fmt: skip

_TWO_LETTERS = N_("Two letters, such as TH.")
_PSEUDONYM = Field(
    "pseudonym", N_("Pseudonym"), CODE, is_required=True, hint=N_("Issued by the sender. Never a name or a document number."),
    example="9H-48-19", is_own=True, refuses_telephone=True,
)  # fmt: skip
_AGE = Field("age_band", N_("Age band"), CHOICE, choices=AGE_BANDS, example="30-39")
_SEX = Field("sex", N_("Sex"), CHOICE, choices=SEX, example="f")
_SYMPTOMS = Field("symptoms", N_("Symptoms"), CHOICE, choices=YES_NO, example="no")
_EXPOSURE = Field("exposure", N_("Known exposure"), CHOICE, choices=YES_NO, example="no")
_ONSET = Field("onset_date", N_("Day of onset"), DATE, example="2025-05-18")
_LOT = Field("lot", N_("Lot"), CODE, example="L2605A")
_CONTAINER = Field("container_number", N_("Container no."), CODE, example="MSKU1234565")
_ORIGIN = Field("origin_country", N_("Country of origin"), COUNTRY, hint=_TWO_LETTERS, example="TH")

TRAVELLER = (
    _PSEUDONYM,
    Field("category", N_("Traveller category"), CHOICE, is_required=True, choices=TRAVELLER_CATEGORIES, example="screening"),
    Field("conveyance_type", N_("Came by"), CHOICE, choices=CONVEYANCES, example="flight"),
    Field(
        "conveyance_number", N_("Flight, train or vessel no."), CODE, is_required=True, hint=N_('Unknown: write "unknown" and why.'),
        example="3U8694",
    ),
    Field("entry_date", N_("Day of entry"), DATE, example="2025-05-19"),
    Field("origin_country", N_("Country of departure"), COUNTRY, hint=_TWO_LETTERS, example="TH"),
    Field("transit_countries", N_("Transit countries"), example="MY"),
    _AGE, _SEX, _SYMPTOMS, _EXPOSURE, _ONSET,
    Field(
        "test_sequence", N_("First or repeat test"), CHOICE, choices=(("first", N_("first")), ("repeat", N_("repeat"))), example="first"
    ),
)  # fmt: skip
PATIENT = (
    _PSEUDONYM,
    Field("category", N_("Patient category"), CHOICE, is_required=True, choices=PATIENT_CATEGORIES, example="suspected"),
    _AGE, _SEX, _SYMPTOMS, _EXPOSURE, _ONSET,
    Field("transfer_reference", N_("Transfer reference"), CODE, example="TR-2026-0012"),
)  # fmt: skip
VECTOR = (
    Field("taxon", N_("Taxon"), LISTED, is_required=True, list_code="vectors", never_groups=("rodent",), example="AEAEG"),
    Field("identification", N_("Identified by"), CHOICE, choices=IDENTIFICATIONS, example="morphology"),
    Field("stage", N_("Stage"), CHOICE, choices=STAGES, example="adult"),
    _SEX,
    Field("blood_fed", N_("Blood-fed"), CHOICE, choices=YES_NO, example="no"),
    Field("pool_size", N_("Pool size"), INTEGER, is_required=True, example="25"),
    Field("collection_method", N_("Trap or collection method"), example="light trap"),
    Field("trap_nights", N_("Trap-nights"), INTEGER, example="4"),
    Field("place", N_("Place of collection"), example="cargo shed 2"),
    Field("found_on", N_("Conveyance or goods of origin"), example="container of tyres"),
    Field("density_index", N_("Density index"), DECIMAL, example="1.5"),
    Field("preservation", N_("Preservation"), CHOICE, choices=PRESERVATIONS, example="frozen"),
)
RODENT = (
    Field("species", N_("Species"), LISTED, is_required=True, list_code="vectors", only_groups=("rodent",), example="RATNOR"),
    _SEX,
    Field("weight", N_("Body weight"), DECIMAL, unit="g", example="182"),
    Field("organ", N_("Organ"), CHOICE, is_required=True, choices=ORGANS, example="lung"),
    Field("place", N_("Place of collection"), example="grain store"),
    Field("ectoparasites", N_("Samples of its ectoparasites"), CODE, example="F-0012"),
)
FOOD = (
    Field("declaration_number", N_("Declaration no."), CODE, example="012320261000000123"),
    Field("hs_code", N_("HS code"), CODE, example="0303660000"),
    Field("product", N_("Product"), is_required=True, example="frozen hake"),
    Field("brand", N_("Brand"), example="Brand A"),
    Field("producer_registration", N_("Registration no. of the overseas producer"), CODE, example="CCNG15012305010012"),
    Field("producer_risk_grade", N_("Risk grade of the producer"), CODE, example="B"),
    Field("importer", N_("Importer"), example="Importer A"),
    _LOT,
    Field("production_date", N_("Day of production"), DATE, example="2025-03-02"),
    Field("expiry_date", N_("Best before"), DATE, may_be_future=True, example="2027-03-01"),
    _ORIGIN,
    Field("net_weight", N_("Net weight"), DECIMAL, unit="kg", example="20.5"),
    Field("sampling_plan", N_("Sampling plan (n, c, m, M)"), CODE, example="n=5 c=0 m=0 M=0"),
    _CONTAINER,
    Field("seal_number", N_("Seal no."), CODE, example="S0012345"),
    Field("retained_duplicate", N_("Duplicate retained"), CHOICE, choices=YES_NO, example="yes"),
)
ENVIRONMENT = (
    Field("surface", N_("Surface"), CHOICE, is_required=True, choices=SURFACES, example="outer_box"),
    Field("area", N_("Area swabbed"), DECIMAL, unit="cm²", example="100"),
    _LOT, _CONTAINER,
    Field("storage_temperature", N_("Storage temperature"), DECIMAL, unit="℃", may_be_negative=True, example="-18"),
    Field("disinfected", N_("Disinfected before sampling"), CHOICE, choices=YES_NO, example="no"),
)  # fmt: skip
SPECIAL_GOODS = (
    Field("category", N_("Category of special goods"), LISTED, is_required=True, list_code="special_goods_categories", example="MICRO"),
    Field("risk_grade", N_("Risk grade"), LISTED, list_code="special_goods_risk_grades", example="B"),
    Field("use", N_("Use"), example="research"),
    Field("consignor", N_("Consignor"), example="Institute A"),
    Field("consignee", N_("Consignee"), example="Institute B"),
    Field("strain", N_("Strain"), CODE, example="ATCC 25922"),
    Field("passage", N_("Passage"), INTEGER, example="3"),
    Field("genetic_resources_number", N_("Human genetic resources no."), CODE, example="HGR-2026-0001"),
    Field("ethics_number", N_("Ethics no."), CODE, example="EC-2026-004"),
)
ANIMAL = (
    Field("species", N_("Species"), is_required=True, example="pig"),
    Field("breed", N_("Breed"), example="Landrace"),
    Field("age", N_("Age"), example="6 months"),
    Field("ear_tag", N_("Ear tag"), CODE, example="0012345"),
    Field("herd", N_("Herd"), CODE, example="H-07"),
    Field("quarantine_place", N_("Farm or quarantine field"), example="quarantine field 2"),
    Field("vaccination", N_("Vaccination"), example="FMD 2026-01"),
    Field("clinical_signs", N_("Clinical signs"), example="none"),
    Field("sampling_ratio", N_("Sampling ratio"), example="10 of 120"),
)
PLANT = (
    Field("taxon", N_("Taxon"), is_required=True, example="Zea mays"),
    Field("part", N_("Part"), CHOICE, is_required=True, choices=PARTS, example="seed"),
    _ORIGIN,
    Field("consignment", N_("Consignment"), CODE, example="C-2026-118"),
    Field("seed_lot", N_("Seed lot"), CODE, example="S-0042"),
    Field("suspected_pest", N_("Suspected pest"), LISTED, list_code="animal_plant_agents", example="FRUITFLY"),
    Field("trial_plot", N_("Trial plot"), CODE, example="P-12"),
    Field("stage", N_("Stage of the intercepted specimen"), CHOICE, choices=STAGES, example="larva"),
)
CONVEYANCE = (
    Field("conveyance_type", N_("Conveyance"), CHOICE, is_required=True, choices=CONVEYANCES[:-1], example="vessel"),
    Field("conveyance_number", N_("Vehicle, flight or vessel no."), CODE, is_required=True, example="IMO 9321483"),
    Field("tank", N_("Tank"), example="ballast tank 3"),
    Field("water", N_("Water or sewage"), CHOICE, choices=WATERS, example="ballast"),
    Field("residual_chlorine", N_("Residual chlorine"), DECIMAL, unit="mg/L", example="0.3"),
)
REFERENCE_MATERIAL = (
    Field("name", N_("Name of the material"), is_required=True, example="lead in rice flour"),
    Field("producer", N_("Producer of the material"), example="Producer A"),
    Field("certificate_number", N_("Certificate no."), CODE, example="GBW10043"),
    Field("lot", N_("Lot"), CODE, is_required=True, example="L2605A"),
    Field("expiry_date", N_("Valid until"), DATE, may_be_future=True, example="2027-03-01"),
    Field("certified_value", N_("Certified value"), example="0.080 mg/kg"),
    Field("expanded_uncertainty", N_("Expanded uncertainty"), example="0.008 mg/kg (k = 2)"),
)
COMPARISON_ITEM = (
    Field("round_code", N_("Round"), CODE, is_required=True, example="R26-03"),
    Field("item_code", N_("Item code"), CODE, is_required=True, example="7KX3PA", is_own=True),
    Field("batch", N_("Batch"), CODE, example="B1"),
)
