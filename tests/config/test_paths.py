import os
from pathlib import Path

import pytest

from ms_gan.config.paths import FILE, FOLDER, home_for_tilde, kind_at, refuse_same, refused
from ms_gan.errors import UsageError
from ms_gan.runtime.run_command import run_command
from tests import refusals


def test_a_tilde_is_the_home_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert home_for_tilde("~/runs/a") == "/home/ada/runs/a" and home_for_tilde("~") == "/home/ada"
    assert home_for_tilde("runs/~a") == "runs/~a" and home_for_tilde(None) is None


def test_what_is_at_a_path(tmp_path):
    (tmp_path / "file").write_text("")
    found = [kind_at(tmp_path / name, "--ckpt") for name in ("file", ".", "absent", "file/below")]
    assert found == [FILE, FOLDER, None, None]


@pytest.mark.parametrize(
    "path, says",
    [("a" * 300, "file name too long"), ("locked/a", "permission denied"), ("a\0b", "embedded null byte")],
)
def test_what_cannot_be_looked_at_is_a_sentence_with_the_option(tmp_path, path, says, monkeypatch):
    look = os.stat

    def stat(path, *args, **kwargs):
        if "locked" in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path, *args, **kwargs)

    monkeypatch.setattr(os, "stat", stat)
    with pytest.raises(UsageError, match=rf"^--ckpt .*: cannot be read \(.*{says}\)$") as error:
        kind_at(tmp_path / path, "--ckpt")
    assert len(str(error.value)) < 300


def test_a_file_is_known_by_any_of_its_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("me.png").write_text("")
    Path("link.png").symlink_to("me.png")
    refuse_same(Path("other.png"), "--output", Path("me.png"), "the picture")
    for name in ("me.png", "link.png", "./me.png", str(tmp_path / "me.png")):
        with refusals.refused("--output"):
            refuse_same(Path(name), "--output", Path("me.png"), "the picture")


def test_whatever_else_the_system_refuses_is_a_sentence_of_any_command(capsys):
    def work(_):
        raise PermissionError(13, "Permission denied", "/locked/run")

    assert run_command(work, []) == 1
    assert capsys.readouterr().err == "error: /locked/run: permission denied\n"
    assert str(refused(OSError("no device"))) == "no device"
