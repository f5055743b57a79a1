"""Settings name the variable and the value that cannot be used."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment as env
from operations.management.commands.prepare import write_secret_key


@pytest.mark.parametrize(("value", "wanted"), [("maybe", "one of"), ("", "one of")])
def test_a_flag_that_is_none(monkeypatch: pytest.MonkeyPatch, value: str, wanted: str) -> None:
    monkeypatch.setenv("ZHIHENG_X", value)
    with pytest.raises(ImproperlyConfigured, match=f"ZHIHENG_X='{value}' .* {wanted}"):
        env.flag("ZHIHENG_X", default=False)


@pytest.mark.parametrize("value", ["ten", "-1", "１", "0"])
def test_a_number_that_is_none(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ZHIHENG_X", value)
    with pytest.raises(ImproperlyConfigured, match="ZHIHENG_X"):
        env.whole("ZHIHENG_X", 5, least=1)


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hidden\n")
    monkeypatch.setenv("ZHIHENG_X_FILE", str(tmp_path / "key"))
    assert env.secret("ZHIHENG_X") == "hidden"
    monkeypatch.setenv("ZHIHENG_X_FILE", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match="ZHIHENG_X_FILE"):
        env.secret("ZHIHENG_X")


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    assert env.secret_key(path)[1]  # temporary, and nothing written
    assert not path.exists()
    assert write_secret_key(path)
    assert not write_secret_key(path)
    key, temporary = env.secret_key(path)
    assert not temporary
    assert len(key) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
