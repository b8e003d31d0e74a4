"""Re-create lims/static/vendor from the npm packages that VENDOR.json names.

    python .ci/vendor/refresh.py                 take the recorded versions again and refuse any that differ from the record
    python .ci/vendor/refresh.py bootstrap 5.3.9 move one package to another version and record it

The registry is the one npm is configured for; the record holds no address.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).parents[2] / "lims" / "static" / "vendor"
RECORD = VENDOR / "VENDOR.json"


def packed(name: str, version: str) -> bytes:
    """The package's archive, as npm gives it."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", f"{name}@{version}", "--ignore-scripts", "--silent", "--pack-destination", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        return archive.read_bytes()


def integrity(archive: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()


def member(archive: bytes, path: str) -> bytes:
    with tempfile.TemporaryFile() as file:
        file.write(archive)
        file.seek(0)
        with tarfile.open(fileobj=file, mode="r:gz") as tar:
            found = tar.extractfile(f"package/{path}")
            if found is None:
                raise SystemExit(f"{path} is not a file of the package")
            return found.read()


def refresh(package: dict[str, Any], moved_to: str | None) -> None:
    package["version"] = moved_to or package["version"]
    archive = packed(package["name"], package["version"])
    if moved_to is None and package["integrity"] != integrity(archive):
        raise SystemExit(f"{package['name']} {package['version']}: the package differs from the record; nothing was written for it")
    package["integrity"] = integrity(archive)
    for entry in package["files"]:
        content = member(archive, entry["from"])
        (VENDOR / entry["file"]).write_bytes(content)
        entry["sha256"] = hashlib.sha256(content).hexdigest()


def main(arguments: list[str]) -> None:
    record = json.loads(RECORD.read_text("utf-8"))
    name, version = arguments if arguments else (None, None)
    if name and name not in {package["name"] for package in record["packages"]}:
        raise SystemExit(f"VENDOR.json knows no package {name}; add it there first")
    for package in record["packages"]:
        refresh(package, version if package["name"] == name else None)
    RECORD.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
