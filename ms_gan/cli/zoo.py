"""python -m ms_gan.cli.zoo: list the trained generators that come with the package, draw them, add one."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional

from ms_gan.config.device_names import device_name
from ms_gan.config.parser import make_parser, parse
from ms_gan.config.paths import home_for_tilde
from ms_gan.config.schema import option
from ms_gan.errors import UsageError
from ms_gan.files import as_size
from ms_gan.runtime.run_command import run_command
from ms_gan.zoo.entries import PREFIX, Entry, entries

PROGRAM = "python -m ms_gan.cli.zoo"
ABOUT = "List the trained generators that come with the package; wherever --ckpt stands, zoo:NAME opens one."
EXAMPLES = f"""\
  {PROGRAM}
  {PROGRAM} --pictures zoo.png
  {PROGRAM} --add RUN NAME --about "digits by class" --licence "MNIST: CC BY-SA 3.0\""""


@dataclass
class ZooOptions:
    """What this command takes."""

    pictures: Optional[str] = option(None, "draw a sheet of all into this .png", spelling=home_for_tilde)
    about: Optional[str] = option(None, "with --add: what the generator makes, in a few words")
    licence: Optional[str] = option(None, "with --add: the licences of what it learnt from, and whom to name")
    evaluation: Optional[str] = option(
        None, "with --add: the evaluation.json of the run; unset: in its folder", spelling=home_for_tilde
    )
    device: str = option("auto", "where to run", spelling=device_name)


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_zoo, argv)


def _zoo(argv: List[str]) -> int:
    parser = make_parser(ZooOptions, PROGRAM, ABOUT, EXAMPLES)
    parser.add_argument(
        "--add", nargs=2, metavar=("RUN", "NAME"), help="make an entry from a run's folder or its generator's file"
    )
    options, given = parse(parser, ZooOptions, argv)
    if given.get("add"):
        run, name = given["add"]
        return _add(Path(home_for_tilde(run)), name, options)
    if options.pictures is None:
        print("\n".join(map(_described, entries())))
        return 0
    path = Path(options.pictures)
    if path.suffix.lower() != ".png":
        raise UsageError(f"--pictures {path}: must end in .png")
    from ms_gan import runtime

    runtime.start(options.device)
    from ms_gan.generators.sampling import open_generator
    from ms_gan.zoo.drawing import drawn, save_sheet, shown_as

    shown = []
    for entry in entries():
        given, opened = entry.pictures().get("given"), open_generator(entry.file())
        shown.append((f"{entry.name}: {entry.about}", shown_as(opened, given), drawn(opened, given)))
    save_sheet(shown, path)
    print(f"{len(shown)} generators in {path}")
    return 0


def _add(run: Path, name: str, options: ZooOptions) -> int:
    for wanted in ("about", "licence"):
        if not getattr(options, wanted):
            raise UsageError(f"--{wanted} is missing; --add needs it")
    from ms_gan import runtime

    runtime.start(options.device)
    from ms_gan.zoo.adding import About, add

    evaluation = options.evaluation or (run if run.is_dir() else run.parent) / "evaluation.json"
    print(_described(add(run, name, About(options.about, options.licence, Path(evaluation)))))
    return 0


def _described(entry: Entry) -> str:
    return f"""\
{PREFIX}{entry.name}
  makes      {entry.about}
  task       {entry.task}
  quality    {entry.in_words()}
  measured   {entry.protocol}
  size       {as_size(entry.size)}, {entry.precision}; pixels differ from the run's by at most {entry.deviation} of 255
  trained    {entry.command}
  licence    {entry.licence}"""


if __name__ == "__main__":
    sys.exit(main())
