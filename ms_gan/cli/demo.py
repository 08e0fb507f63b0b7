"""python -m ms_gan.cli.demo: one page with what the trained generators of the package make."""

import sys
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional

from ms_gan.config.device_names import device_name
from ms_gan.config.parser import make_parser, parse
from ms_gan.config.paths import home_for_tilde
from ms_gan.config.schema import option
from ms_gan.errors import UsageError
from ms_gan.runtime.run_command import run_command
from ms_gan.zoo.entries import entries

PROGRAM = "python -m ms_gan.cli.demo"
ABOUT = (
    "Show on one page what the trained generators that come with the package make; takes seconds, nothing is trained."
)
EXAMPLES = f"""\
  {PROGRAM} --open
  {PROGRAM} --output pictures.html"""


@dataclass
class DemoOptions:
    """What this command takes."""

    output: str = option("demo.html", "the page, one file that ends in .html", spelling=home_for_tilde)
    device: str = option("auto", "where to run", spelling=device_name)


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_demo, argv)


def _demo(argv: List[str]) -> int:
    parser = make_parser(DemoOptions, PROGRAM, ABOUT, EXAMPLES)
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    options, given = parse(parser, DemoOptions, argv)
    path = Path(options.output)
    if path.suffix.lower() != ".html":
        raise UsageError(f"--output {path}: must end in .html")

    from ms_gan import runtime

    runtime.start(options.device)
    from ms_gan.generators.sampling import open_generator
    from ms_gan.zoo.demo import save_demo

    count = save_demo(((entry, open_generator(entry.file())) for entry in entries()), path)
    print(f"{count} generators in {path}")
    if given.get("open"):
        webbrowser.open(path.resolve().as_uri())
    return 0


if __name__ == "__main__":
    sys.exit(main())
