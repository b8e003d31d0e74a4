"""The version of the program."""

from __future__ import annotations

from functools import cache

from lims.paths import PACKAGE


@cache
def program_version() -> str:
    """The version as packaged; from a checkout that of pyproject.toml."""
    project = PACKAGE.parent / "pyproject.toml"
    if project.exists():
        import tomllib

        return str(tomllib.loads(project.read_text("utf-8"))["project"]["version"])
    from importlib.metadata import version

    return version("lims")
