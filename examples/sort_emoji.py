"""Sort the emoji of an npm package into a folder for each category: python examples/sort_emoji.py package emoji

The package is one of emoji-datasource-twitter, -google, -apple and -facebook: emoji.json has each picture's category,
img/*/64 the pictures. The folders are classes for training: docs/own_images.md.
"""

import argparse
import json
import re
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Dict, Iterator, Tuple

DESCRIPTION, PICTURES = "emoji.json", "img/*/64"


def main() -> None:
    """The command; exits with 2 where the package is not one, or the output is there already."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path, help=f"the unpacked package, a folder with {DESCRIPTION} and {PICTURES}")
    parser.add_argument("output", type=Path, help="folder to make, with a subfolder for each category")
    given = parser.parse_args()
    if given.output.exists():
        parser.error(f"{given.output}: exists already; name a new folder")
    folders = sorted(given.package.glob(PICTURES))
    if len(folders) != 1 or not (given.package / DESCRIPTION).is_file():
        parser.error(f"{given.package}: should be an unpacked package with {DESCRIPTION} and one folder {PICTURES}")
    try:
        categories = dict(pictures(json.loads((given.package / DESCRIPTION).read_text(encoding="utf-8"))))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        parser.error(f"{given.package / DESCRIPTION}: is no list of emoji with image and category ({error!r})")
    counts = sort(folders[0], categories, given.output)
    for category, count in sorted(counts.items()):
        print(f"{count:5,}  {category}")
    print(f"{sum(counts.values()):5,}  pictures in {given.output}")


def pictures(described: Any) -> Iterator[Tuple[str, str]]:
    """File and category of each picture that emoji.json describes; a skin tone has the category of its emoji."""
    for emoji in described:
        for one in (emoji, *emoji.get("skin_variations", {}).values()):
            # Names that lead elsewhere must not be followed.
            yield Path(one["image"]).name, re.sub(r"[^\w &-]", " ", emoji["category"]).strip()


def sort(folder: Path, categories: Dict[str, str], output: Path) -> Counter:
    """Copy the pictures that are there into folders of their category; returns how many each has."""
    counts: Counter = Counter()
    for name, category in categories.items():
        if (folder / name).is_file():
            (output / category).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, output / category / name)
            counts[category] += 1
    return counts


if __name__ == "__main__":
    sys.exit(main())
