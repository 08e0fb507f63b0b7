"""python -m ms_gan.cli.report: write the page of a run again, or compare the curves of several runs."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional

from ms_gan.config.parser import make_parser, parse
from ms_gan.config.paths import home_for_tilde
from ms_gan.config.schema import option
from ms_gan.errors import UsageError
from ms_gan.runtime.run_command import run_command

PROGRAM = "python -m ms_gan.cli.report"
EXAMPLES = f"""\
  {PROGRAM} runs/gan_mnist-20250101-1
  {PROGRAM} --compare runs/gan_mnist-20250101-1 runs/gan_mnist-20250101-2"""
COMPARISON = "comparison.html"
MOST_RUNS = 8  # runs; more colours cannot be told apart


@dataclass
class ReportOptions:
    """What this command takes."""

    output: Optional[str] = option(
        None,
        f"the page's file, .html; unset: report.html in the run's folder, or {COMPARISON} here",
        spelling=home_for_tilde,
    )


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_report, argv)


def _report(argv: List[str]) -> int:
    parser = make_parser(ReportOptions, PROGRAM, "Make the page of a run, or one that compares several.", EXAMPLES)
    parser.add_argument("run", nargs="?", metavar="RUN", type=home_for_tilde, help="the run's folder")
    parser.add_argument(
        "--compare", nargs="+", metavar="RUN", type=home_for_tilde, help=f"2 to {MOST_RUNS} run folders, instead of one"
    )
    options, given = parse(parser, ReportOptions, argv)
    one, several = given.get("run"), given.get("compare")
    if (one is None) == (several is None):
        raise UsageError("give a run folder, or several after --compare")
    if several and not 2 <= len(several) <= MOST_RUNS:
        many = f"{len(several)} runs are too many" if several[1:] else "1 run is too few"
        raise UsageError(f"--compare: {many}; allowed: 2 to {MOST_RUNS}")
    if options.output and not options.output.endswith((".html", ".htm")):
        raise UsageError(f"--output {options.output}: must be a file that ends in .html")

    from ms_gan.files import write_text
    from ms_gan.report.collect import read_run
    from ms_gan.report.page import compared_page, write_run_page

    if several:
        path = Path(options.output or COMPARISON)
        write_text(path, compared_page([read_run(Path(name)) for name in several], several))
    else:
        run = read_run(Path(one))
        path = Path(options.output or run.folder.report)
        write_run_page(run, path)
    print(f"written      {path}")
    print(f"opens at     {shlex.quote(path.resolve().as_uri())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
