"""Sorts emoji into a folder for each category, to train a class-conditional GAN on them.

    npm pack emoji-datasource-twitter@15.1.2 && tar xf emoji-datasource-twitter-15.1.2.tgz
    python examples/sort_emoji.py package emoji
    python train.py --config cdcgan_64 --data-dir emoji

The drawings are Twemoji's, under CC-BY 4.0: name them where you show what was learnt of them.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

VENDOR = "twitter"


def sort_emoji(package: Path, output: Path) -> int:
    """Copy the pictures of an unpacked package into OUTPUT/CATEGORY/; returns how many there are."""
    count = 0
    for emoji in json.loads((package / "emoji.json").read_text(encoding="utf-8")):
        picture = package / "img" / VENDOR / "64" / emoji["image"]
        if picture.is_file():  # not every emoji has been drawn by every vendor
            folder = output / emoji["category"].replace(" & ", " and ")
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(picture, folder / emoji["image"])
            count += 1
    return count


def main() -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="the unpacked package, with emoji.json and img/")
    parser.add_argument("output", type=Path, help="a new folder")
    options = parser.parse_args()
    if not (options.package / "emoji.json").is_file():
        parser.error(f"{options.package}: has no emoji.json; unpack the package, and name its folder")
    if options.output.exists():
        parser.error(f"{options.output}: is there already; choose a new folder")
    print(f"{sort_emoji(options.package, options.output):,} pictures in {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
