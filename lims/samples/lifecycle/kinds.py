"""The kinds of samples and their choices. The fields each kind has beside the common ones stand in ``kind_fields``."""

from __future__ import annotations

from dataclasses import dataclass

from lims.marks import N_
from lims.samples.lifecycle import kind_fields as own
from lims.samples.lifecycle.fields import Field


@dataclass(frozen=True)
class Kind:
    """A kind of sample: the three letters of its numbers, its name, its fields, and the matrices it takes."""

    code: str
    name: str
    fields: tuple[Field, ...]
    groups: frozenset[str]
    sources: frozenset[str]
    #: lists of the catalogue whose measurands the form offers
    measurands: tuple[str, ...]
    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()

    def takes(self, group: str, source: str, code: str = "") -> bool:
        """Whether a matrix of this group and source belongs to this kind; no group and no source means every matrix."""
        if code in self.never or (self.only and code not in self.only):
            return False
        return (not self.groups or group in self.groups) and (not self.sources or source in self.sources)


_RODENT = frozenset({"RODO", "RODS"})
_BOTH = ("pathogens", "animal_plant_agents")
_HUMAN = frozenset({"traveller", "patient"})
KINDS = {
    one.code: one
    for one in (
        Kind("TRV", N_("Traveller"), own.TRAVELLER, frozenset({"human"}), _HUMAN, ("pathogens",)),
        Kind("PAT", N_("Patient"), own.PATIENT, frozenset({"human"}), _HUMAN, ("pathogens",)),
        Kind("VEC", N_("Vector"), own.VECTOR, frozenset({"vector"}), frozenset({"vector"}), (*_BOTH, "vectors"), never=_RODENT),
        Kind("ROD", N_("Rodent"), own.RODENT, frozenset({"vector"}), frozenset({"vector"}), (*_BOTH, "vectors"), only=_RODENT),
        Kind("FOD", N_("Food"), own.FOOD, frozenset({"food"}), frozenset({"goods"}), ("pathogens", "chemical_analytes")),
        Kind("ENV", N_("Environment, cold-chain swab"), own.ENVIRONMENT, frozenset({"environment"}), frozenset({"port", "goods"}), _BOTH),
        Kind("SPG", N_("Special goods"), own.SPECIAL_GOODS, frozenset({"special goods"}), frozenset({"special goods"}), _BOTH),
        Kind("ANI", N_("Animal"), own.ANIMAL, frozenset({"animal"}), frozenset({"animal", "goods"}), (*_BOTH, "chemical_analytes")),
        Kind("PLT", N_("Plant"), own.PLANT, frozenset({"plant"}), frozenset({"plant"}), ("animal_plant_agents", "chemical_analytes")),
        Kind("CNV", N_("Conveyance"), own.CONVEYANCE, frozenset({"environment"}), frozenset({"conveyance"}), (*_BOTH, "chemical_analytes")),
        Kind("REF", N_("Reference material"), own.REFERENCE_MATERIAL, frozenset(), frozenset(), (*_BOTH, "chemical_analytes")),
        Kind(
            "PTI", N_("Comparison item"), own.COMPARISON_ITEM, frozenset({"panel"}), frozenset({"pt_item"}), (*_BOTH, "chemical_analytes")
        ),
    )
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
