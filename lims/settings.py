"""Reading config.py and the environment; a setting that cannot be right stops the start with a sentence."""

from __future__ import annotations

import os
import runpy
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lims.errors import LimsError
from lims.marks import N_
from lims.paths import shared_path

PREFIX = "LIMS_"
SECRET_FILE = "secret.key"
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}
WEAK_KEYS = {"secret", "changeme", "dev", "development", "key"}


class BadSetting(LimsError):
    """The program refuses to start with this setting."""


@dataclass(frozen=True)
class Settings:
    """The settings of one run; the names are those of config.py in lower case."""

    home: Path
    database_url: str
    host: str
    port: int
    public: bool
    trusted_proxy: str
    secret_key: str
    max_upload_mb: int
    sqlite_wal_reason: str
    open_loop_hours: str
    capa_due_days: int
    capa_limit_days: int
    appeal_days: int
    debug: bool

    @property
    def url(self) -> str:
        """The database to open."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'lims.db'}"

    @property
    def blobs(self) -> Path:
        """The folder of the file store."""
        return self.home / "files"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from config.py, overridden by LIMS_* variables; raises BadSetting with what to do next."""
    environment = os.environ if environment is None else environment
    values = {name: value for name, value in runpy.run_path(str(shared_path("config.py"))).items() if name.isupper()}
    for variable, text in environment.items():
        name = variable.removeprefix(PREFIX)
        if not variable.startswith(PREFIX) or name.startswith("TEST_"):
            continue
        if name not in values:
            raise BadSetting(
                "settings.unknown",
                N_("Setting %(name)s is not known. Known are: %(known)s."),
                name=variable,
                known=", ".join(sorted(values)),
            )
        values[name] = _as_type_of(values[name], text, variable)
    values["HOME"] = Path(values["HOME"])
    settings = Settings(**{name.lower(): value for name, value in values.items()})
    _check(settings)
    return settings


def secret_key(settings: Settings) -> str:
    """The key that signs cookies: the setting, or one made at the first start and kept for the owner's eyes only."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.home / SECRET_FILE
    if not path.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text("ascii").strip()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read; an existing one is replaced."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _as_type_of(default: Any, text: str, name: str) -> Any:
    if isinstance(default, bool):
        if text.lower() not in ("0", "1", "true", "false"):
            raise BadSetting("settings.boolean", N_("Setting %(name)s: read %(text)s, expected true or false."), name=name, text=text)
        return text.lower() in ("1", "true")
    if isinstance(default, int):
        if not text.isdigit():
            raise BadSetting("settings.number", N_("Setting %(name)s: read %(text)s, expected a whole number."), name=name, text=text)
        return int(text)
    return text


def _check(settings: Settings) -> None:
    if settings.debug and settings.public:
        raise BadSetting("settings.debug", N_("DEBUG and PUBLIC are both on. Debugging shows the program's inside; switch DEBUG off."))
    if settings.host not in LOCAL_HOSTS and not settings.public:
        raise BadSetting(
            "settings.host",
            N_("HOST is %(host)s, which other machines reach, but PUBLIC is off. Put a proxy with TLS before it and set LIMS_PUBLIC=true."),
            host=settings.host,
        )
    if settings.secret_key and (len(settings.secret_key) < 32 or settings.secret_key.lower() in WEAK_KEYS):
        raise BadSetting(
            "settings.secret_key", N_("SECRET_KEY is shorter than 32 characters. Leave it empty to have one made, or give a random one.")
        )
    if not 1 <= settings.port <= 65535:
        raise BadSetting("settings.port", N_("PORT: read %(port)s, expected 1 to 65535."), port=settings.port)
