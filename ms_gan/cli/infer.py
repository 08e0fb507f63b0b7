"""infer.py: make images with a trained generator."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Literal, Optional

from ms_gan.cli.command import check_checkpoint, run_command
from ms_gan.errors import UsageError
from ms_gan.options import make_parser, parse
from ms_gan.schema import option
from ms_gan.seeds import MAX_SEED

EXAMPLES = """\
  python infer.py --ckpt runs/gan_mnist-20250101-1 --num 64 --output digits.png
  python infer.py --ckpt generator.mindir --num 10000 --seed 7 --output digits.npy
  python infer.py --ckpt RUN --num 8 --interpolate 16 --output walks.gif"""

LARGEST_GRID = 10_000  # images; a larger picture opens nowhere


@dataclass
class InferOptions:
    """What infer.py takes."""

    ckpt: Optional[str] = option(None, "a run folder, a .ckpt or a .mindir file")
    num: int = option(64, "images; with --interpolate, walks", 1, 100_000_000)
    seed: int = option(0, "fixes the latents; more images of a seed begin with the same ones", 0, MAX_SEED)
    output: str = option(
        "samples.png", ".png: a grid; .npy: uint8 (N, H, W[, 3]); a folder: numbered PNGs; .gif: walks"
    )
    interpolate: Optional[int] = option(None, "walk from one latent to another in so many pictures", 2, 1000)
    device: Literal["auto", "CPU", "GPU", "Ascend"] = option("auto", "where to run")


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_infer, argv)


def _infer(argv: List[str]) -> int:
    parser = make_parser(InferOptions, "infer.py", "Make images with a trained generator.", EXAMPLES)
    options, _ = parse(parser, InferOptions, argv)
    path = _check(options)

    from ms_gan import runtime

    runtime.start(options.device)
    from ms_gan.sampling import open_generator

    sampler = open_generator(options.ckpt)
    if options.interpolate:
        _walks(sampler, options, path)
    else:
        _samples(sampler, options, path)
    print(f"{options.num:,} {'walks' if options.interpolate else 'images'} in {path}")
    return 0


def _check(options: InferOptions) -> Path:
    """Refuse what cannot work before MindSpore is imported; returns where the images go."""
    check_checkpoint(options.ckpt)
    path = Path(options.output)
    if path.suffix not in ("", ".png", ".npy", ".gif"):
        raise UsageError(f"--output {path}: {path.suffix} is not a known kind; allowed: .png, .npy, .gif, or a folder")
    if path.suffix == ".gif" and not options.interpolate:
        raise UsageError(f"--output {path}: a .gif shows walks; add --interpolate 16")
    if options.interpolate and path.suffix not in (".png", ".gif"):
        raise UsageError(f"--output {path}: --interpolate writes a .png or a .gif")
    pictures = options.num * (options.interpolate or 1)
    if path.suffix in (".png", ".gif") and pictures > LARGEST_GRID:
        raise UsageError(
            f"--output {path}: a picture holds at most {LARGEST_GRID:,} images, not {pictures:,}; use .npy"
        )
    if path.suffix == "" and path.is_dir() and any(path.iterdir()):
        raise UsageError(f"--output {path}: is not empty; name a new or an empty folder")
    if path.suffix != "" and path.is_dir():
        raise UsageError(f"--output {path}: is a folder; name a file")
    return path


def _samples(sampler: Any, options: InferOptions, path: Path) -> None:
    from ms_gan import pictures

    if path.suffix == ".png":
        pictures.save_grid(sampler.samples(options.seed, options.num), path)
        return
    blocks = sampler.stream(options.seed, options.num)
    if path.suffix == ".npy":
        pictures.save_array(blocks, (options.num, *sampler.card.image.shape), path)
    else:
        pictures.save_folder(blocks, options.num, path)


def _walks(sampler: Any, options: InferOptions, path: Path) -> None:
    from ms_gan import pictures
    from ms_gan.latents import interpolate
    from ms_gan.pixels import to_uint8

    columns = options.interpolate
    latents = interpolate(options.seed, options.num, columns, sampler.card.latent)
    images = to_uint8(sampler.generate(latents))
    if path.suffix == ".png":
        pictures.save_grid(images, path, columns)
        return
    walks = images.reshape(options.num, columns, *sampler.card.image.shape)
    frames = [pictures.to_pillow(pictures.grid(walks[:, column])) for column in range(columns)]
    # There and back again: the animation has no jump.
    pictures.save_animation(frames + frames[-2:0:-1], path, seconds=0.1 * 2 * columns, rest=False)
