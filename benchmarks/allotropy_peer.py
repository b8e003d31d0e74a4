"""``python -m benchmarks.allotropy_peer PYTHON [FOLDER]``: our parsers beside allotropy's on the real files that both read.

PYTHON is the interpreter of an environment in which allotropy is installed; it is no dependency of ours. Both read each file in a
process of their own that has imported everything before, several times in turn; the medians are compared.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "../shared/instrument-files/real"
RUNS = 7
#: our family: allotropy's vendor
VENDORS = {
    "quantstudio": "APPBIO_QUANTSTUDIO", "quantstudio_da": "APPBIO_QUANTSTUDIO_DESIGNANDANALYSIS", "biorad_cfx": "CFXMAESTRO",
    "qiacuity_dpcr": "QIACUITY_DPCR", "biotek_gen5": "AGILENT_GEN5", "softmax_pro": "MOLDEV_SOFTMAX_PRO", "bmg_mars": "BMG_MARS",
    "tecan_magellan": "TECAN_MAGELLAN", "thermo_skanit": "THERMO_SKANIT", "pe_envision": "PERKIN_ELMER_ENVISION",
    "luminex_xponent": "LUMINEX_XPONENT", "nanodrop": "THERMO_FISHER_NANODROP_8000", "qubit": "THERMO_FISHER_QUBIT4",
}  # fmt: skip
THEIRS = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
from allotropy.parser_factory import Vendor
from allotropy.to_allotrope import allotrope_from_file
answer = {}
for path, vendor in json.load(sys.stdin):
    seconds = []
    try:
        for _run in range(RUNS + 1):
            started = time.perf_counter()
            allotrope_from_file(path, Vendor[vendor])
            seconds.append(time.perf_counter() - started)
        answer[path] = seconds[1:]
    except Exception as error:
        answer[path] = type(error).__name__
print(json.dumps(answer))
"""


def _theirs(python: str, files: list[tuple[Path, str]]) -> dict[str, list[float] | str]:
    asked = json.dumps([[str(path), vendor] for path, vendor in files])
    code = THEIRS.replace("RUNS", str(RUNS))
    done = subprocess.run([python, "-c", code], input=asked, capture_output=True, text=True, check=True)
    found: dict[str, list[float] | str] = json.loads(done.stdout.splitlines()[-1])
    return found


def _ours(path: Path) -> tuple[float, int]:
    """Median seconds of recognising and reading the file, and its readings."""
    from instruments.contract import RawFile
    from instruments.registry import parse

    content, seconds, readings = path.read_bytes(), [], 0
    for _run in range(RUNS + 1):
        started = time.perf_counter()
        readings = len(parse(RawFile(path.name, content)).file.readings)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[1:]), readings


def main(python: str, folder: Path = FOLDER) -> int:
    """Print a line for each file; 1 when a file that both read is read slower by us."""
    files = [(path, VENDORS[path.parent.name]) for path in sorted(folder.glob("*/*")) if path.parent.name in VENDORS]
    if not files:
        print(f"No instrument files in {folder}: nothing compared.")
        return 0
    theirs, slower = _theirs(python, files), 0
    print(f"{'file':<86} {'readings':>8} {'ours':>10} {'allotropy':>10} {'times faster':>13}")
    for path, _vendor in files:
        name, found = f"{path.parent.name}/{path.name}", theirs[str(path)]
        own, readings = _ours(path)
        if isinstance(found, str):
            print(f"{name:<86} {readings:>8} {own * 1000:>7.1f} ms {'refused: ' + found}")
            continue
        other = statistics.median(found)
        slower += own > other
        print(f"{name:<86} {readings:>8} {own * 1000:>7.1f} ms {other * 1000:>7.1f} ms {other / own:>13.1f}")
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *(Path(word) for word in sys.argv[2:3])))
