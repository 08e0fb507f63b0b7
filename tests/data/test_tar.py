import gzip
import io
import tarfile
import time

import pytest

from ms_gan.data.tar import DAMAGE, open_tar

CONTENT = {"a/one": b"x" * 1000, "b/two": b"", "three": bytes(range(256)) * 10, "f" * 90 + "/" + "g" * 80: b"long"}


def archive(path, form=tarfile.USTAR_FORMAT):
    with tarfile.open(path, "w:gz", format=form) as tar:
        for name, content in CONTENT.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("three")
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
    return path


def read_all(path):
    with open_tar(path) as members:
        return {m.name: m.content.read(1 << 20) for m in members if m.plain}


def test_plain_files_are_read_and_nothing_else(tmp_path):
    assert read_all(archive(tmp_path / "x.tgz")) == CONTENT


def test_members_that_are_not_read_are_passed_over(tmp_path):
    with open_tar(archive(tmp_path / "x.tgz")) as members:
        assert [(member.name, member.size, member.plain) for member in members][2:5] == [
            ("three", 2560, True),
            ("f" * 90 + "/" + "g" * 80, 4, True),
            ("three", 0, False),
        ]


def test_long_names_of_other_kinds_of_tar_are_no_plain_files(tmp_path):
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        found = read_all(archive(tmp_path / "x.tgz", form))
        assert {name: found[name] for name in list(CONTENT)[:3]} == dict(list(CONTENT.items())[:3])


def header(name=b"x", size=b"00000000010\0", kind=b"0"):
    made = bytearray(512)
    made[: len(name)], made[124 : 124 + len(size)], made[156:157] = name, size, kind
    made[148:156] = b" " * 8
    made[148:156] = b"%06o\0 " % sum(made)
    return bytes(made)


@pytest.mark.parametrize(
    "tar",
    [
        b"",
        b"not a tar" * 100,
        header(size=b"\x80" + b"\xff" * 11),  # 2**95 - 1, which older releases of tarfile take for -1
        header(size=b"-0000000001\0"),
        header(size=b"77777777777\0"),
        header(size=b"77777777777\0", kind=b"L"),  # a name of eight gigabytes
        header(size=b"77777777777\0", kind=b"x"),
        header()[:200],
        header() + b"short",
    ],
)
@pytest.mark.parametrize("pack", [gzip.compress, lambda tar: gzip.compress(tar)[:-5]], ids=["whole", "cut"])
def test_a_damaged_archive_is_told_at_once(tmp_path, tar, pack):
    (tmp_path / "x.tgz").write_bytes(pack(tar))
    started = time.process_time()
    with pytest.raises(DAMAGE):
        read_all(tmp_path / "x.tgz")
    assert time.process_time() - started < 1


def test_a_checksum_of_gzip_that_is_wrong_is_told(tmp_path):
    packed = bytearray(archive(tmp_path / "x.tgz").read_bytes())
    packed[-8] ^= 1
    (tmp_path / "x.tgz").write_bytes(packed)
    with pytest.raises(DAMAGE):
        read_all(tmp_path / "x.tgz")
