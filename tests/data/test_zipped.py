import zipfile

import pytest

from ms_gan.data import zipped
from ms_gan.data.zipped import unpacked
from ms_gan.errors import GanError


def make(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_names_that_lead_out_of_the_folder_are_left_out(tmp_path):
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    members = {"a/b.png": b"b", "../out.png": b"x", "/abs.png": b"x", "a\\..\\c.png": b"x", "a/../../d.png": b"x"}
    archive = make(tmp_path / "photos.zip", {**members, link: b"/etc/passwd"})
    folder = unpacked(archive, tmp_path / "cache")
    assert content(folder) == {"a/b.png": b"b"}
    assert not (tmp_path / "out.png").exists()


def test_an_archive_is_unpacked_once_and_anew_when_it_changes(tmp_path, monkeypatch):
    archive = make(tmp_path / "photos.zip", {"a.png": b"a"})
    folder = unpacked(archive, tmp_path / "cache")
    make(archive, {"a.png": b"a", "b.png": b"bb"})
    assert len(content(unpacked(archive, tmp_path / "cache"))) == 2
    monkeypatch.setattr(zipped, "_unpack", lambda *_: pytest.fail("unpacked again"))
    assert unpacked(archive, tmp_path / "cache") != folder


@pytest.mark.parametrize("damage", [lambda whole: b"text", lambda whole: whole[:-30], lambda whole: b""])
def test_a_damaged_archive_is_one_sentence_and_leaves_nothing(tmp_path, damage):
    archive = make(tmp_path / "photos.zip", {"a.png": bytes(1000)})
    archive.write_bytes(damage(archive.read_bytes()))
    with pytest.raises(GanError, match=r"photos.zip cannot be unpacked \(.+\)$"):
        unpacked(archive, tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("content"))


def test_an_archive_larger_than_the_disk_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    archive = make(tmp_path / "photos.zip", {"a.png": bytes(100_000)})
    monkeypatch.setattr(zipped.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    with pytest.raises(GanError, match="1 files of 100,000 bytes; 1,000 bytes are free"):
        unpacked(archive, tmp_path / "cache")
