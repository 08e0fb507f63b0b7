import os
import zipfile

import pytest

from ms_gan.data import zipped
from ms_gan.data.zipped import unpacked
from tests.refusals import failed


def make(path, members, kind=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", kind) as archive:
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
    folder, failures = unpacked(archive, tmp_path / "cache")
    assert content(folder) == {"a/b.png": b"b"}
    assert not (tmp_path / "out.png").exists()
    assert dict(failure[:2] for failure in failures) == {
        **dict.fromkeys(
            ["../out.png", "/abs.png", "a/../c.png", "a/../../d.png"], "a name that leads out of the folder"
        ),
        "link": "a link",
    }
    assert unpacked(archive, tmp_path / "cache").failures == failures, "the cache forgot"


def test_an_archive_is_unpacked_once_and_anew_when_it_changes(tmp_path, monkeypatch):
    archive = make(tmp_path / "photos.zip", {"a.png": b"a"})
    folder = unpacked(archive, tmp_path / "cache").folder
    make(archive, {"a.png": b"a", "b.png": b"bb"})
    assert len(content(unpacked(archive, tmp_path / "cache").folder)) == 2
    monkeypatch.setattr(zipped, "_unpack", lambda *_: pytest.fail("unpacked again"))
    assert unpacked(archive, tmp_path / "cache").folder != folder


def test_an_archive_that_changes_but_not_its_size_and_time_is_unpacked_anew(tmp_path):
    for value in (b"a", b"b"):
        archive = make(tmp_path / "photos.zip", {"a.png": value})
        os.utime(archive, (500_000_000, 500_000_000))
        assert content(unpacked(archive, tmp_path / "cache").folder) == {"a.png": value}


def test_backslashes_are_what_some_programs_put_between_folders(tmp_path):
    archive = make(tmp_path / "photos.zip", {"a\\b.png": b"b"})
    assert content(unpacked(archive, tmp_path / "cache").folder) == {"a/b.png": b"b"}


def spoilt(archive, number):
    """An archive in which the middle of a file's packed bytes is of another value."""
    with zipfile.ZipFile(archive) as source:
        member = source.infolist()[number]
    whole = bytearray(archive.read_bytes())
    start = member.header_offset + 30 + len(member.filename)
    whole[start : start + member.compress_size] = bytes(255 - byte for byte in whole[start:][: member.compress_size])
    archive.write_bytes(whole)


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_file_costs_no_other(tmp_path, kind):
    members = {f"{number}.png": bytes(range(256)) * 20 for number in range(3)}
    archive = make(tmp_path / "photos.zip", members, kind)
    spoilt(archive, 1)
    folder, (failure,) = unpacked(archive, tmp_path / "cache")
    assert sorted(content(folder)) == ["0.png", "2.png"] and failure.name == "1.png" and failure.why


def test_names_that_no_disk_takes_and_encrypted_files_are_named(tmp_path):
    archive = make(tmp_path / "photos.zip", {"x" * 300: b"x", "a": b"x", "a/b.png": b"b", "c.png": b"c"})
    raw = archive.read_bytes()
    flags = raw.rindex(b"PK\x01\x02") + 8  # of the last file
    archive.write_bytes(raw[:flags] + b"\1" + raw[flags + 1 :])
    folder, failures = unpacked(archive, tmp_path / "cache")
    assert content(folder) == {"a": b"x"}
    assert [failure.why for failure in failures] == ["file name too long", "file exists", "encrypted"]


@pytest.mark.parametrize("damage", [lambda whole: b"text", lambda whole: whole[:-30], lambda whole: b""])
def test_a_damaged_archive_is_one_sentence_and_leaves_nothing(tmp_path, damage):
    archive = make(tmp_path / "photos.zip", {"a.png": bytes(1000)})
    archive.write_bytes(damage(archive.read_bytes()))
    with failed("damaged", option="--data-dir"):
        unpacked(archive, tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("content"))


def test_an_archive_larger_than_the_disk_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    archive = make(tmp_path / "photos.zip", {"a.png": bytes(100_000)})
    monkeypatch.setattr(zipped.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    with failed("space", option="--data-dir", says="1 files of 100,000 bytes; 1,000 bytes are free"):
        unpacked(archive, tmp_path / "cache")
