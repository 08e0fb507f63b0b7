from pathlib import Path

import pytest

from ms_gan.runtime.paths import SYSTEM_FOLDERS, cache_dir, data_folders
from tests.refusals import refused


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch, tmp_path):
    for name in ("MS_GAN_CACHE", "MS_GAN_DATA", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_the_cache_folder_follows_the_environment(monkeypatch, tmp_path):
    assert cache_dir() == tmp_path / ".cache/ms_gan"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    assert cache_dir() == tmp_path / ".cache/ms_gan"
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/x")
    assert cache_dir() == Path("/var/x/ms_gan")
    monkeypatch.setenv("MS_GAN_CACHE", "~/mine")
    assert cache_dir() == tmp_path / "mine"


def test_folders_are_searched_in_order(monkeypatch, tmp_path):
    cache = tmp_path / ".cache/ms_gan/data"
    assert data_folders(None) == [cache, *SYSTEM_FOLDERS]
    monkeypatch.setenv("MS_GAN_DATA", str(tmp_path))
    assert data_folders(None) == [tmp_path, cache, *SYSTEM_FOLDERS]
    assert data_folders("~") == [tmp_path]


def test_a_folder_that_does_not_exist_is_refused_by_the_option_that_names_it(monkeypatch, tmp_path):
    with refused("--data-dir", says="/no/such/folder does not exist"):
        data_folders("/no/such/folder")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MS_GAN_DATA", str(tmp_path / "file"))
    with refused("MS_GAN_DATA", says="file is not a folder"):
        data_folders(None)


def test_a_user_without_a_home_folder_is_told_what_to_set(monkeypatch):
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # no HOME, and no entry among the users
    with refused(code="missing", says="set MS_GAN_CACHE"):
        cache_dir()
    monkeypatch.setenv("MS_GAN_CACHE", "/var/cache/ms_gan")
    assert cache_dir() == Path("/var/cache/ms_gan")
