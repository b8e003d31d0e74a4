"""Words of analytical chemistry: units, names of blanks, standards and checks, rows of statistics, texts below and above a range."""

import re
from collections.abc import Mapping

from instruments.text import half_width
from instruments.values import folded, texts

#: unit texts after half width, without spaces, micro signs as u, in lower case -> UCUM
UNITS: Mapping[str, str] = {
    **{text.casefold(): text for text in ("mg/L", "ug/L", "ng/L", "g/L", "ng/mL", "ug/mL", "pg/mL", "mg/mL", "ng/uL", "ug/uL", "pg/uL")},
    **{text.casefold(): text for text in ("mg/kg", "ug/kg", "ng/kg", "g/kg", "mg/g", "ug/g", "ng/g", "pg/g", "mg/dL", "g/dL", "%")},
    **{text.casefold(): text for text in ("mmol/L", "umol/L", "nmol/L", "pmol/L", "mol/L", "U/L", "U/mL", "mU/L")},
    **{text: text for text in ("mg", "ug", "ng", "pg", "g")},
    "iu/l": "[IU]/L",
    "iu/ml": "[IU]/mL",
    "miu/l": "m[IU]/L",
    "miu/ml": "m[IU]/mL",
    "uiu/ml": "u[IU]/mL",
    "s/co": "{S/CO}",
    "ppm": "[ppm]",
    "ppb": "[ppb]",
    "ppt": "[pptr]",
    "cps": "{counts}/s",
    "abs": "{Abs}",
    "fl": "fL",
    "ratio": "{ratio}",
    "g/100g": "g/(100.g)",
    "mg/100g": "mg/(100.g)",
    "mg/100ml": "mg/(100.mL)",
}
_MASS_FRACTIONS = frozenset({"mg/kg", "ug/kg", "ng/kg", "g/kg", "mg/g", "ug/g", "ng/g", "pg/g", "g/(100.g)", "mg/(100.g)"})
_CONCENTRATIONS = re.compile(r".*/(?:L|mL|uL|dL)")
_POWER = re.compile(r"10(?:\^\(?([+-]?\d{1,2})\)?)?(/ul|/l|%|fl|pg|g/l)")
_ENDS = {"/ul": "/uL", "/l": "/L", "%": ".%", "fl": ".fL", "pg": ".pg", "g/l": ".g/L"}

STATISTICS = texts(
    [
        "Mean",
        "Average",
        "Avg",
        "Avg.",
        "Median",
        "%RSD",
        "RSD",
        "RSD%",
        "RSD (%)",
        "%CV",
        "CV",
        "CV%",
        "SD",
        "Std Dev",
        "Std. Dev.",
        "StdDev",
    ]
    + ["Std.Dev.", "Standard deviation", "Maximum", "Minimum", "Max", "Min", "Max.", "Min.", "Total", "Totals", "Sum", "Range", "Count"]
    + ["Moyenne", "Écart type", "Ecart type", "Écart-type", "Ecart-type", "%CV moyen", "Total général", "Somme"]
    + ["平均值", "平均", "均值", "标准偏差", "标准差", "相对标准偏差", "变异系数", "最大值", "最小值", "合计", "总计", "小计"]
)
#: "below": under a limit that the text does not state; "above": over the range of the calibration
BELOW = texts(
    ["BDL", "BLQ", "BLOQ", "BQL", "<LLOQ", "Below LOD", "Below LOQ", "Below detection limit", "LDL", "< LD", "<LD", "<LQ", "UNDER"]
)
ABOVE = texts(
    ["OVER", "OVER RANGE", "Over-range", "OVRFLW", "Above range", "ALQ", "ALOQ", ">ULOQ", "SAT", "Saturated", "HORS GAMME", "超量程"]
)
NOT_DETECTED = texts(["N.D.", "ND", "n.d", "Not detected", "None detected", "Non détecté", "未检出"])
MISSING = texts(["-", "--", "---", "----", "-----", "------", "N/A", "NA", "n.a.", "No Value", "null"])

TASKS: Mapping[str, str] = {
    **dict.fromkeys(
        ("sample", "unknown", "unk", "smp", "unknown sample", "analyte", "samp", "patient", "routine", "stat", "inconnu"), "unknown"
    ),
    **dict.fromkeys(("standard", "std", "std bracket sample", "standard sample", "étalon", "std update", "initial std"), "standard"),
    **dict.fromkeys(("cal", "calibration", "calibrator", "calibrant"), "calibrator"),
    **dict.fromkeys(
        ("blank", "blk", "double blank", "doubleblank", "matrix blank", "matrixblank", "blank sample", "calblk", "blanc"), "blank"
    ),
    **dict.fromkeys(("qc", "qc sample", "control", "cc", "ccv", "check", "lcs", "contrôle", "controle", "quality control"), "qc"),
    "spike": "qc",
}
_NUMBERED = r"(?:[ _#-]*\d{1,3})?"
_NAMES = tuple(
    (re.compile(words + ending, re.IGNORECASE), role)
    for words, ending, role in (
        (r"(?:r|cal|method|reagent|instrument|lab|prep)?[ _-]?(?:blk|blank)", _NUMBERED, "blank"),
        (r"(?:CCB|ICB|LRB|blanc(?: r[ée]actif)?|空白|试剂空白|cal ?zero|solvent|solvant)", _NUMBERED, "blank"),
        (r"(?:std|standard|cal|calib|étalon|etalon|标准|标样)", r"(?:[ _#-]*[\d.,]+ ?(?:pp[mbt]|[mµun]?g/m?l)?)?", "standard"),
        (r"(?:QC|CCV|ICV|QCS|LCS|LFB|IPC|contr[oô]le|control|质控|质控样|质控品)", _NUMBERED, "qc"),
    )
)


def unit_of(text: str) -> tuple[str | None, tuple[str, ...]]:
    """The UCUM code of a unit text; a text that is not known stays beside the value as it is. Nothing is converted."""
    plain = half_width(text).strip().strip("[]() ")
    if not plain:
        return None, ()
    key = re.sub(r"\s+", "", plain).replace("µ", "u").replace("μ", "u").casefold()
    if key in UNITS:
        return UNITS[key], ()
    if found := _POWER.fullmatch(key):
        return f"10*{int(found[1] or '1')}{_ENDS[found[2]]}", ()
    return None, (f"unit {plain}",)


def quantity_of(unit: str | None, otherwise: str) -> str:
    if unit is None:
        return otherwise
    if unit in _MASS_FRACTIONS:
        return "mass_fraction"
    if unit == "{Abs}":
        return "absorbance"
    return "concentration" if _CONCENTRATIONS.fullmatch(unit) or unit in ("[ppm]", "[ppb]", "[pptr]") else otherwise


def role_of_name(sample: str | None) -> str | None:
    """The role a whole sample name says ("STD 250 ppb", "rBLK", "CCV 2"); a name that says more is a sample."""
    plain = half_width(sample or "").strip()
    return next((role for pattern, role in _NAMES if pattern.fullmatch(plain)), None)


def is_statistic(text: str) -> bool:
    return folded(text).rstrip(": ") in STATISTICS
