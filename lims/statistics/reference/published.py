"""Published data sets that reference cases name instead of carrying them. A reading per laboratory and replicate, nothing computed.

GLUCOSE_IN_SERUM: ASTM E691-99, Table 1: 8 laboratories, 5 materials in triplicate, as stored by NIST Dataplot (GLUCOSE.DAT),
with one reading put right: material C, laboratory 4 is 138.30 in E691, and only with it come the figures that E691 prints (mean 134.7263,
s_xbar 1.7397, s_r 1.5434, s_R 2.1482).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

Groups = Sequence[Sequence[float]]

GLUCOSE_IN_SERUM: Final[Mapping[str, Groups]] = {
    "A": (
        (41.03, 41.45, 41.37),
        (41.17, 42.00, 41.15),
        (41.01, 40.68, 42.66),
        (39.37, 42.37, 42.63),
        (41.88, 41.19, 41.32),
        (43.28, 40.50, 42.28),
        (41.08, 41.27, 39.02),
        (43.36, 42.65, 41.72),
    ),
    "B": (
        (78.28, 78.18, 78.49),
        (77.78, 80.38, 79.54),
        (79.18, 79.72, 80.81),
        (84.08, 78.60, 81.92),
        (78.16, 79.58, 78.33),
        (78.66, 79.27, 81.75),
        (79.76, 81.45, 77.35),
        (80.44, 80.80, 79.80),
    ),
    "C": (
        (132.66, 133.83, 133.10),
        (132.92, 136.90, 136.40),
        (132.61, 135.80, 135.36),
        (138.50, 138.30, 135.69),  # 148.30 in GLUCOSE.DAT
        (131.90, 134.14, 133.76),
        (137.21, 135.14, 137.50),
        (130.97, 131.59, 134.92),
        (135.46, 135.14, 133.63),
    ),
    "D": (
        (193.71, 193.59, 193.65),
        (190.88, 200.14, 194.30),
        (192.71, 193.28, 190.28),
        (195.85, 196.36, 199.43),
        (192.59, 191.44, 195.12),
        (195.34, 198.26, 198.13),
        (194.66, 191.99, 187.13),
        (197.56, 195.99, 200.82),
    ),
    "E": (
        (292.78, 294.09, 292.89),
        (292.27, 309.40, 295.08),
        (295.53, 290.14, 292.34),
        (295.19, 295.44, 296.83),
        (293.93, 292.48, 294.28),
        (297.74, 296.80, 290.33),
        (287.29, 293.76, 289.36),
        (298.46, 295.28, 296.12),
    ),
}
DATA_SETS: Final[Mapping[str, Mapping[str, Groups]]] = {"i57-e691-glucose": GLUCOSE_IN_SERUM}


def groups_of(data_set: str, material: str) -> Groups:
    """The laboratories' results of one material. The name may carry the materials behind it (set-{A,D,E}); unknown: an empty list."""
    materials = next((found for name, found in DATA_SETS.items() if data_set.startswith(name)), {})
    return materials.get(material, ())
