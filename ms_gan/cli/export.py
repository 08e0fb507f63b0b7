"""export.py: write a trained generator as a file that runs without this project's training code."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Literal, Optional, Tuple

from ms_gan.cli.command import check_checkpoint, data_options
from ms_gan.config.device_names import device_name
from ms_gan.config.parser import make_parser, parse
from ms_gan.config.paths import FOLDER, home_for_tilde, kind_at
from ms_gan.config.schema import option
from ms_gan.errors import UsageError
from ms_gan.extras import need
from ms_gan.runtime.run_command import run_command
from ms_gan.zoo.entries import located

EXAMPLES = """\
  python export.py --ckpt runs/gan_mnist-20250101-1 --output generator.mindir
  python export.py --ckpt RUN --format ONNX --batch-size 16 --output generator.onnx
  python export.py --ckpt RUN --format HTML --output digits.html
  python export.py --ckpt RUN --direction ba --size 256x256 --format ONNX --output to_photos.onnx"""

HELD_OUT = 4  # pictures of the training's data that a file is compared on
SHOWN = 8  # of them on a page


@dataclass
class ExportOptions:
    """What export.py takes."""

    ckpt: Optional[str] = option(None, "a run folder, a .ckpt file, or zoo:NAME", spelling=located)
    format: Literal["MINDIR", "ONNX", "HTML"] = option(
        "MINDIR",
        "file format; MINDIR: for MindSpore; ONNX: for most other programs; HTML: a page that makes images by itself",
    )
    output: Optional[str] = option(
        None,
        "the file to write; unset: generator.mindir, .onnx or .html; the first two get a card beside them",
        spelling=home_for_tilde,
    )
    batch_size: Optional[int] = option(
        None,
        "MINDIR, ONNX: fixed batch size of the graph; unset: any, or 1 in MINDIR of a generator that takes pictures",
        1,
        65536,
        short="--batch-size",
    )
    size: Optional[str] = option(
        None, "height and width of the pictures that a generator takes, such as 256x256; unset: those of the training"
    )
    direction: Optional[Literal["ab", "ba"]] = option(
        None, "which generator of a run that has one for each direction; unset: ab"
    )
    device: str = option("auto", "where to compare the file with its source", spelling=device_name)


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_export, argv)


def _export(argv: List[str]) -> int:
    parser = make_parser(ExportOptions, "export.py", "Write a trained generator for other programs.", EXAMPLES)
    options, _ = parse(parser, ExportOptions, argv)
    path = _check(options)

    from ms_gan import runtime

    runtime.start(options.device)
    from ms_gan import export
    from ms_gan.generators.sampling import card_path, open_generator

    source = open_generator(options.ckpt, options.direction)
    held = None
    if source.card.kind == "image":
        source, pictures, held = _for_pictures(source, options)
    elif options.size is not None:
        raise UsageError("--size: this generator makes images of one size; leave it out")
    else:
        pictures = None
        if source.card.port("map") and options.format == "MINDIR":
            options.batch_size = options.batch_size or 1  # a deep network's graph for any number cannot be built
    if options.format == "HTML":
        if source.card.kind == "image":
            from ms_gan.explorer.alone import export_page

            examples = [] if held is None else held.pictures(source.card.network, SHOWN)
            levels = export_page(source, path, pictures, examples, data_options(Path(options.ckpt)))
        elif source.card.port("map"):
            from ms_gan.explorer.alone_painter import export_painter

            levels = export_painter(source, path)
        else:
            levels = export.export_html(source, path)
        size = path.stat().st_size / 1e6
        print(f"{path} written, {size:.1f} MB; its pixels differ by at most {levels:.2f} levels of 255")
        return 0
    write = export.export_onnx if options.format == "ONNX" else export.export_mindir
    difference = write(source, path, options.batch_size, pictures)
    print(f"{path} and {card_path(path).name} written; read back, its images differ by {difference:.1e}")
    return 0


def _for_pictures(source: Any, options: ExportOptions) -> Tuple[Any, Optional[Any], Optional[Any]]:
    """A generator of pictures for the size that is asked for, pictures (N, C, H, W) to compare on, and an Unseen.

    Both are None where the training's data are not on this machine, the first one also for another size.
    """
    from ms_gan.data.unseen import unseen

    ckpt = Path(options.ckpt)
    held = unseen(ckpt if ckpt.is_dir() else ckpt.parent)
    pictures = None if held is None else held.inputs(source.card.network, HELD_OUT)
    if options.format == "MINDIR" and options.batch_size is None:
        options.batch_size = 1  # a deep network's graph for any number cannot be built
    if options.size is None:
        return source, pictures, held
    sides = [int(side) for side in options.size.split("x")]
    return source.sized(*sides), pictures if sides == list(source.card.image.shape[1:]) else None, held


def _check(options: ExportOptions) -> Path:
    """Refuse what cannot work before MindSpore is imported; returns the file to write."""
    check_checkpoint(options.ckpt)
    suffix = f".{options.format.lower()}"
    path = Path(options.output or f"generator{suffix}")
    if Path(options.ckpt).suffix in (".mindir", ".onnx"):
        raise UsageError(f"--ckpt {options.ckpt}: is already an exported file; give a run folder or a .ckpt file")
    if path.suffix.lower() != suffix or kind_at(path, "--output") == FOLDER:
        raise UsageError(f"--output {path}: must end in {suffix} for --format {options.format}")
    if options.size is not None and not re.fullmatch(r"[1-9]\d{0,3}x[1-9]\d{0,3}", options.size):
        raise UsageError(f"--size {options.size}: is no size; allowed: height and width, such as 256x256")
    if options.format == "HTML" and options.batch_size:
        raise UsageError("--batch-size: not used with --format HTML, which makes one image at a time; remove it")
    if options.format == "ONNX":
        need("--format ONNX", "export", "onnx", "onnxruntime")
    return path


if __name__ == "__main__":
    sys.exit(main())
