"""A setting that cannot be right stops the start with a sentence."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from lims.settings import BadSetting, read_settings, secret_key


@pytest.mark.assurance("S6")
@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"LIMS_DATABSE_URL": "x"}, "settings.unknown"),
        ({"LIMS_PORT": "eighty"}, "settings.number"),
        ({"LIMS_PORT": "0"}, "settings.port"),
        ({"LIMS_DEBUG": "maybe"}, "settings.boolean"),
        ({"LIMS_DEBUG": "true", "LIMS_PUBLIC": "true"}, "settings.debug"),
        ({"LIMS_SECRET_KEY": "changeme"}, "settings.secret_key"),
        ({"LIMS_HOST": "0.0.0.0"}, "settings.host"),
    ],
)
def test_a_bad_setting_is_refused_by_name(environment: dict[str, str], code: str):
    with pytest.raises(BadSetting) as refusal:
        read_settings(environment)
    assert refusal.value.code == code


@pytest.mark.assurance("S6")
def test_the_command_answers_a_bad_setting_with_one_sentence_and_exit_code_1():
    answer = subprocess.run(
        [sys.executable, "-m", "lims", "db", "upgrade"], env={**os.environ, "LIMS_COLOUR": "blue"}, capture_output=True, text=True
    )
    assert answer.returncode == 1
    assert "LIMS_COLOUR" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_secret_key_is_made_once_for_its_owner_only(tmp_path):
    settings = read_settings({"LIMS_HOME": str(tmp_path)})
    assert secret_key(settings) == secret_key(settings)
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert len(secret_key(settings)) >= 48
