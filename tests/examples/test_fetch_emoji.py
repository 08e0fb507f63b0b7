import hashlib
import importlib.util
import io
import json
import sys
import tarfile
from pathlib import Path

import pytest
from PIL import Image

PROGRAM = Path(__file__).resolve().parents[2] / "examples" / "fetch_emoji.py"
# Ten emoji of one picture each, and two with a skin tone.
EMOJI = [{"image": f"{number:x}.png"} for number in range(10)]
EMOJI += [
    {"image": f"{name}.png", "skin_variations": {"1F3FB": {"image": f"{name}-1f3fb.png"}}} for name in ("a0", "b0")
]
FILES = [f"{number:x}.png" for number in range(10)] + ["a0.png", "a0-1f3fb.png", "b0.png", "b0-1f3fb.png"]


def package(path, vendor, files):
    """An npm package of emoji, clear but for one pixel, and of files that none should read."""
    with tarfile.open(path, "w:gz") as archive:
        for name in files:
            content = io.BytesIO()
            picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
            picture.putpixel((0, 0), (9, 8, 7, 255))
            picture.save(content, "PNG")
            member(archive, f"package/img/{vendor}/64/{name}", content.getvalue())
        member(archive, f"package/img/{vendor}/64/../../../gone.png", b"x")
        member(archive, "package/emoji.json", json.dumps(EMOJI).encode())
    return path


def member(archive, name, content):
    about = tarfile.TarInfo(name)
    about.size = len(content)
    archive.addfile(about, io.BytesIO(content))


@pytest.fixture
def fetch(tmp_path, monkeypatch):
    """The program, run on two small packages that it takes for the published ones."""
    spec = importlib.util.spec_from_file_location("fetch_emoji", PROGRAM)
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    archives = {
        "google": package(tmp_path / "g.tgz", "google", [*FILES, "alone.png"]),
        "twitter": package(tmp_path / "t.tgz", "twitter", FILES),
    }
    for vendor, archive in archives.items():
        monkeypatch.setitem(program.SHA256, vendor, hashlib.sha256(archive.read_bytes()).hexdigest())

    def run(*arguments):
        named = [part for vendor, archive in archives.items() for part in (f"--{vendor}", archive)]
        monkeypatch.setattr(sys, "argv", [str(part) for part in (PROGRAM, *named, *arguments)])
        program.main()
        root = Path(arguments[0])
        return {folder.name: {path.name for path in folder.iterdir()} for folder in root.iterdir() if folder.is_dir()}

    return run


def base(names):
    return {name.partition("-")[0].removesuffix(".png") for name in names}


def test_partners_have_one_name_and_those_held_out_are_never_learnt(fetch, tmp_path):
    found = fetch(tmp_path / "out", "--test", 4, "--background", "#102030")
    assert found["trainA"] == found["trainB"] and found["testA"] == found["testB"] and len(found["testA"]) == 4
    assert found["trainA"] | found["testA"] == set(FILES) and not base(found["trainA"]) & base(found["testA"])
    with Image.open(
        tmp_path / "out/trainB/a0.png" if "a0.png" in found["trainB"] else tmp_path / "out/testB/a0.png"
    ) as one:
        assert one.mode == "RGB" and one.getpixel((0, 0)) == (9, 8, 7) and one.getpixel((5, 5)) == (16, 32, 48)
    assert "Twemoji" in (tmp_path / "out/CREDITS.txt").read_text()


def test_without_pairs_the_sides_share_no_emoji_in_any_skin_tone(fetch, tmp_path):
    found = fetch(tmp_path / "out", "--test", 3, "--disjoint")
    assert not base(found["trainA"]) & base(found["trainB"]) and found["testA"] == found["testB"]
    assert found["trainA"] | found["trainB"] | found["testA"] == set(FILES)
    assert abs(len(found["trainA"]) - len(found["trainB"])) <= 2


def test_what_is_not_the_published_package_or_would_be_overwritten_is_refused(fetch, tmp_path, capsys):
    for arguments, message in (
        (("out", "--google", tmp_path / "t.tgz"), "is not emoji-datasource-google-15.1.2.tgz as published"),
        (("out", "--google", tmp_path / "none.tgz"), "No such file"),
        (("out", "--test", 14), "--test 14: is out of range; there are 14 emoji"),
        (("out", "--background", "blu"), "blu"),
        ((tmp_path,), "exists already"),
    ):
        with pytest.raises(SystemExit) as ended:
            fetch(*arguments)
        assert ended.value.code == 2 and message in capsys.readouterr().err
    assert not Path("out").exists()
