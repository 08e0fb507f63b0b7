"""export.py: write a trained generator as a file that runs without this project's training code."""

from dataclasses import dataclass
from pathlib import Path
from typing import List, Literal, Optional

from ms_gan.cli.command import check_checkpoint, run_command
from ms_gan.errors import UsageError
from ms_gan.options import make_parser, parse
from ms_gan.schema import option

EXAMPLES = """\
  python export.py --ckpt runs/gan_mnist-20250101-1 --output generator.mindir
  python export.py --ckpt RUN --batch-size 16 --output generator.mindir"""


@dataclass
class ExportOptions:
    """What export.py takes."""

    ckpt: Optional[str] = option(None, "a run folder or a .ckpt file")
    format: Literal["MINDIR"] = option("MINDIR", "kind of file")
    output: str = option("generator.mindir", "the file to write; its description goes beside it as .json")
    batch_size: Optional[int] = option(
        None, "images that the graph makes at once; unset: any number", 1, 65536, short="--batch-size"
    )
    device: Literal["auto", "CPU", "GPU", "Ascend"] = option("auto", "where to compare the file with its source")


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_export, argv)


def _export(argv: List[str]) -> int:
    parser = make_parser(ExportOptions, "export.py", "Write a trained generator as a static graph.", EXAMPLES)
    options, _ = parse(parser, ExportOptions, argv)
    path = Path(options.output)
    check_checkpoint(options.ckpt)
    if Path(options.ckpt).suffix == ".mindir":
        raise UsageError(f"--ckpt {options.ckpt}: is exported already; name a run folder or a .ckpt file")
    if path.suffix != ".mindir" or path.is_dir():
        raise UsageError(f"--output {path}: should be a file that ends in .mindir")

    from ms_gan import runtime

    runtime.start(options.device)
    from ms_gan.export import export_mindir
    from ms_gan.sampling import open_generator

    difference = export_mindir(open_generator(options.ckpt), path, options.batch_size)
    print(f"{path} and {path.with_suffix('.json').name} written; read back, its images differ by {difference:.1e}")
    return 0
