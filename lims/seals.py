"""The installation's Ed25519 key, which seals the reports it issues: whoever has its public half can see that a report is untouched.

The private key lies in LIMS_HOME for its owner alone; the public one lies beside it, to be given to everybody.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from lims.errors import Invalid, LimsError
from lims.marks import N_

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_FILE, PUBLIC_FILE = "report-signing.key", "report-signing.pub"
DOMAIN = b"lims-report-seal-1\n"
"""Stands before every sealed text, so that a seal is never valid for anything else."""
FORM_DOMAIN = b"lims-result-form-1\n"
"""The same for the identity of a result form that is filled offline."""


class Sealer:
    """Seals texts with one private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = base64.b64encode(key.public_key().public_bytes_raw()).decode()
        self.fingerprint = fingerprint(self.public_key)

    def public_pem(self) -> bytes:
        """The public key as a file to be given away."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def seal(self, text: str, domain: bytes = DOMAIN) -> str:
        """The signature of the text, in base64."""
        return base64.b64encode(self._key.sign(domain + text.encode())).decode()


def fingerprint(public_key: str) -> str:
    """SHA-256 of the public key in groups of four hexadecimal digits, to be compared by eye or over the telephone."""
    digest = hashlib.sha256(_raw(public_key)).hexdigest()
    return " ".join(digest[place : place + 4] for place in range(0, len(digest), 4))


def is_sealed_by(public_key: str, text: str, signature: str, domain: bytes = DOMAIN) -> bool:
    """Whether the signature was made over exactly this text with the private half of the key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(_raw(public_key)).verify(_raw(signature), domain + text.encode())
    except (InvalidSignature, Invalid, ValueError):
        return False
    return True


def public_key_of(content: bytes) -> str:
    """The public key out of a PEM file; Invalid when it is none of ours."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(content)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Invalid("seals.public_key", N_("The key file holds no Ed25519 public key (PEM). Ask the organiser for the file %(name)s."),
                      name=PUBLIC_FILE)  # fmt: skip
    return base64.b64encode(key.public_bytes_raw()).decode()


def open_sealer(home: Path) -> Sealer:
    """The sealer of an installation; its key is made at the first call."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    path = home / KEY_FILE
    if not path.exists():
        _make(home)
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise LimsError("seals.private_key", N_("%(path)s holds no Ed25519 key. Restore it from the backup."), path=path)
    sealer = Sealer(key)
    public, content = home / PUBLIC_FILE, sealer.public_pem()
    if not public.exists() or public.read_bytes() != content:
        public.write_bytes(content)
    return sealer


def _make(home: Path) -> None:
    """Make a key; when two processes do, the first one's stays."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    unfinished = home / f".{KEY_FILE}.{secrets.token_hex(4)}"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    try:
        os.link(unfinished, home / KEY_FILE)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _raw(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("seals.base64", N_("A key or signature is damaged: it is not written in base64.")) from error


_home: Path | None = None
_sealer: Sealer | None = None


def use(home: Path) -> None:
    """Make the key of ``home`` the one of this process; it is made when it is first asked for."""
    global _home, _sealer
    if _home != home:
        _home, _sealer = home, None


def sealer() -> Sealer:
    """The sealer of this process; raises LimsError before ``use``."""
    global _sealer
    if _home is None:
        raise LimsError("seals.not_bound", N_("No installation is open. Start the program through the lims command."))
    if _sealer is None or not (_home / KEY_FILE).exists():
        _sealer = open_sealer(_home)
    return _sealer
