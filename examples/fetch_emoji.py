"""Lay out the same emoji as two vendors draw them, as pairs or as two sides: python examples/fetch_emoji.py emoji

Trained on, A (Google's Noto Emoji) becomes B (Twitter's Twemoji): subfolders trainA, trainB, testA and testB, files of
one name for partners, 64x64, on one background. The packages come by `npm pack`, or are files that you name.
With --disjoint no emoji is in both trainA and trainB: nothing but the test folders knows which belong together.
"""

import argparse
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from PIL import Image, ImageColor

from ms_gan.data.fetch import file_digest
from ms_gan.data.tar import DAMAGE, open_tar

VERSION = "15.1.2"
SHA256 = {
    "google": "d44462c604b8b8ddeea1bded87031fe73beadd92b9569d977dbd6224e45dc850",
    "twitter": "d0a0fe56a746fac2f360ebde72c7d6949ee0fc0c683758a288d82bd6b75e15d6",
}
SIDE = 64  # pixels
CREDITS = """\
A: Noto Emoji by Google, Apache License 2.0.
B: Twemoji by Twitter and other contributors, CC-BY 4.0: name them where you show the pictures or what was made of them.
Both from the npm packages emoji-datasource-google and emoji-datasource-twitter 15.1.2 by Cal Henderson (MIT).
"""


def main() -> None:
    """The command; exits with 2 where the output is there already or a package is not the published one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path, help="folder to make")
    for vendor in SHA256:
        about = f"emoji-datasource-{vendor}-{VERSION}.tgz, where it is on this machine; otherwise npm fetches it"
        parser.add_argument(f"--{vendor}", type=Path, metavar="FILE", help=about)
    parser.add_argument("--disjoint", action="store_true", help="no emoji in both trainA and trainB")
    parser.add_argument("--background", default="white", help="colour behind the emoji (default: white)")
    parser.add_argument("--test", type=int, default=300, metavar="N", help="emoji that are held out (default: 300)")
    given = parser.parse_args()
    if given.output.exists():
        parser.error(f"{given.output}: exists already; name a new folder")
    try:
        background = ImageColor.getrgb(given.background)[:3]
        with TemporaryDirectory() as work:
            archives = {vendor: getattr(given, vendor) or pack(vendor, Path(work)) for vendor in SHA256}
            packages = {vendor: unpacked(vendor, archive) for vendor, archive in archives.items()}
        pictures = {vendor: pictures_of for vendor, (_, pictures_of) in packages.items()}
        common = set.intersection(*map(set, pictures.values()))
        groups = [[name for name in group if name in common] for group in packages["google"][0]]
        parts = parted([group for group in groups if group], given.test, given.disjoint)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    for folder, names in parts.items():
        vendor = "google" if folder.endswith("A") else "twitter"
        (given.output / folder).mkdir(parents=True)
        for name in names:
            flat(pictures[vendor][name], background).save(given.output / folder / name)
        print(f"{len(names):5,}  {given.output / folder}  ({vendor})")
    (given.output / "CREDITS.txt").write_text(CREDITS, encoding="utf-8")


def pack(vendor: str, work: Path) -> Path:
    """The package as npm has it, in a folder for scratch files. Raises OSError or ValueError."""
    npm = shutil.which("npm")
    if npm is None:
        raise ValueError(f"npm is not installed; name the package's file with --{vendor} FILE")
    print(f"npm pack emoji-datasource-{vendor}@{VERSION}", file=sys.stderr)
    folder = work / vendor
    folder.mkdir()
    command = [npm, "pack", f"emoji-datasource-{vendor}@{VERSION}", "--silent", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    archive = next(folder.glob("*.tgz"), None)
    if done.returncode or archive is None:
        raise ValueError(f"npm pack failed with exit code {done.returncode}; name the file with --{vendor} FILE")
    return archive


def unpacked(vendor: str, archive: Path) -> Tuple[List[List[str]], Dict[str, bytes]]:
    """What a package holds: its emoji, each with its skin tones, by file name; and each file's content.

    Raises:
        OSError: the archive cannot be read.
        ValueError: it is not the published one.
    """
    if file_digest(archive) != SHA256[vendor]:
        raise ValueError(f"{archive}: is not emoji-datasource-{vendor}-{VERSION}.tgz as published (its digest differs)")
    described, pictures = None, {}
    pattern = re.compile(rf"package/img/{vendor}/{SIDE}/([0-9a-f-]+\.png)")
    try:
        with open_tar(archive) as members:
            for member in members:
                picture = pattern.fullmatch(member.name)
                if picture and member.plain:
                    pictures[picture[1]] = b"".join(chunks(member.content))
                elif member.name == "package/emoji.json":
                    described = json.loads(b"".join(chunks(member.content)))
    except DAMAGE as error:
        raise ValueError(f"{archive}: {error}") from error
    return [list(tones(emoji)) for emoji in described], pictures


def chunks(content: Any) -> Iterator[bytes]:
    """A file's content in parts."""
    while part := content.read(1 << 20):
        yield part


def tones(emoji: Dict[str, Any]) -> Iterator[str]:
    """The file names of one emoji in all its skin tones."""
    yield from (one["image"] for one in (emoji, *emoji.get("skin_variations", {}).values()))


def parted(groups: Sequence[List[str]], test: int, disjoint: bool) -> Dict[str, List[str]]:
    """The file names of each folder. All skin tones of an emoji go the same way, or one would give the others away.

    Args:
        groups: the files of each emoji.
        test: how many files are held out.
        disjoint: whether trainA and trainB share none.

    Raises:
        ValueError: more are to be held out than there are.
    """
    held, learnt = [], []
    for group in sorted(groups, key=lambda group: hashlib.sha256(group[0].encode()).digest()):
        if len(held) + len(group) <= test:
            held += group
        else:
            learnt.append(group)
    if len(held) < test or not learnt:
        raise ValueError(f"--test {test}: is out of range; there are {sum(map(len, groups)):,} emoji")
    folders: Dict[str, List[str]] = defaultdict(list)
    for group in learnt:
        shorter = min(("trainA", "trainB"), key=lambda name: len(folders[name]))
        for name in [shorter] if disjoint else ["trainA", "trainB"]:
            folders[name] += group
    return {**folders, "testA": held, "testB": held}


def flat(content: bytes, background: Tuple[int, int, int]) -> Image.Image:
    """A picture, a PNG with transparency, on a background."""
    picture = Image.open(io.BytesIO(content), formats=["PNG"]).convert("RGBA")
    if picture.size != (SIDE, SIDE):
        picture = picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    behind = Image.new("RGBA", picture.size, background)
    return Image.alpha_composite(behind, picture).convert("RGB")


if __name__ == "__main__":
    main()
