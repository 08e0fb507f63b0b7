"""python -m ms_gan.cli.robustness: how a classifier holds out against attacks, with and without defences."""

import json
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, List, Literal, Optional

from ms_gan.config.data_section import DataConfig
from ms_gan.config.device_names import device_name
from ms_gan.config.parser import make_parser, parse
from ms_gan.config.paths import home_for_tilde, kind_at
from ms_gan.config.schema import option
from ms_gan.errors import UsageError
from ms_gan.runtime.run_command import run_command
from ms_gan.seeds import MAX_SEED
from ms_gan.zoo.entries import located

PROGRAM = "python -m ms_gan.cli.robustness"
ABOUT = """\
Attack a classifier, clean the attacked pictures by a defence, and attack the defence too. Bounds are those of pixels \
in [0, 1]. Writes robustness.json, robustness.html and a picture for each attack."""
EXAMPLES = f"""\
  {PROGRAM} --output robustness
  {PROGRAM} --generator RUN --output robustness
  {PROGRAM} --attacks [fgsm,pgd,cw,advgan] --advgan RUN --transfer [plain,dense] --output robustness"""
ATTACKS = Literal["fgsm", "pgd", "cw", "pgd_l2", "advgan"]
FAMILY = Literal["features", "plain", "dense"]


@dataclass
class WashConfig:
    """Defense-GAN's search."""

    steps: int = option(200, "L, updates of each search", 1, 100_000)
    starts: int = option(10, "R, searches for each picture", 1, 1024)
    lr: float = option(0.1, "learning rate of the first update", 1e-6, 10.0)
    nearest: bool = option(True, "start at the nearest of 1,024 samples; false: at samples of the seed")
    margin: Optional[float] = option(
        None, "differences of pixels that count next to nothing; unset: eps, as far as an attack goes", 0.0, 1.0
    )
    at_once: int = option(100, "pictures washed at once", 1, 100_000)


@dataclass
class AdaptiveConfig:
    """The attack on a defence itself."""

    num: int = option(100, "pictures; 0: defences are not attacked", 0, 1_000_000)
    steps: int = option(20, "steps, in each of which all these pictures are cleaned", 1, 100_000)
    step: float = option(0.03, "how far a step goes", 0.0, 1.0)
    looks: int = option(1, "times that a picture is cleaned in a step, the gradients being averaged", 1, 1000)


@dataclass
class RobustnessOptions:
    """What this command takes."""

    output: Optional[str] = option(None, "folder for the results", spelling=home_for_tilde)
    classifier: FAMILY = option("features", "what is attacked; features: the network that measures generators")
    attacks: List[ATTACKS] = option(["fgsm", "pgd"], "how")
    transfer: List[FAMILY] = option([], "classifiers that the same attacked pictures are tried on")
    num: int = option(1000, "test pictures, the first ones", 1, 10_000_000)
    eps: float = option(0.3, "how far a pixel may move", 0.0, 1.0)
    eps_l2: float = option(3.0, "pgd_l2: how long a perturbation may be", 0.0, 1e4)
    steps: int = option(40, "steps of pgd, cw and pgd_l2", 1, 100_000)
    step: float = option(0.01, "how far a step of pgd and cw goes", 0.0, 1.0)
    restarts: int = option(1, "random starts of pgd, cw and pgd_l2; 0: one start, at the clean picture", 0, 1000)
    advgan: Optional[str] = option(None, "a run of the task attack, for the attack advgan", spelling=home_for_tilde)
    generator: Optional[str] = option(
        None,
        "Defense-GAN: a run of the task latent, whose generator makes such pictures, or zoo:NAME",
        spelling=located,
    )
    apegan: Optional[str] = option(
        None, "APE-GAN: a run whose generator makes clean pictures of attacked ones, or zoo:NAME", spelling=located
    )
    seed: int = option(0, "of random starts and of the search", 0, MAX_SEED)
    device: str = option("auto", "where to run", spelling=device_name)
    wash: WashConfig = field(default_factory=WashConfig)
    adaptive: AdaptiveConfig = field(default_factory=AdaptiveConfig)
    data: DataConfig = field(default_factory=DataConfig)


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_robustness, argv)


def _robustness(argv: List[str]) -> int:
    options, _ = parse(make_parser(RobustnessOptions, PROGRAM, ABOUT, EXAMPLES), RobustnessOptions, argv)
    _check(options)
    from ms_gan import data, runtime
    from ms_gan.data.held_out import load_held_out

    images = data.load(options.data, options.seed)
    held = load_held_out(options.data, images, options.seed)
    if held is None:
        raise UsageError(f"--data.source {options.data.source}: has no test split to attack; choose another")
    device = runtime.start(options.device)
    from ms_gan.attacks.robustness import Adaptive, Pictures, measure
    from ms_gan.classifiers import open_classifier

    pictures = Pictures(held.images, held.labels).first(options.num)
    opened = [open_classifier(name, options.data, images, options.seed) for name in _families(options)]
    shape = pictures.images.shape[1:]
    attacks, defences = _attacks(options, shape), _defences(options, shape)
    adaptive = None
    if options.adaptive.num:
        adaptive = Adaptive(_of_defence(options), min(options.adaptive.num, options.num), options.adaptive.looks)
    started = time.monotonic()
    table = measure(
        opened[0], pictures, attacks, defences, adaptive, opened[1:], tell=lambda line: print(line, flush=True)
    )
    protocol = {
        "data": held.name,
        "pictures": len(pictures.images),
        "classifier": opened[0].card(),
        "attacks": [one.to_dict() if hasattr(one, "to_dict") else {"name": one.name, **one.about} for one in attacks],
        "defences": [{"name": one.name, **one.about} for one in defences],
        "adaptive": asdict(options.adaptive),
        "transfer": [one.card() for one in opened[1:]],
        "seed": options.seed,
        "device": device.description,
        "seconds": round(time.monotonic() - started, 1),
    }
    _write(Path(options.output), protocol, table)
    return 0


def _check(options: RobustnessOptions) -> None:
    """Refuse what cannot work, before MindSpore is imported.

    Raises:
        UsageError: naming the option.
    """
    if options.output is None:
        raise UsageError("--output is missing; give a folder for the results")
    if ("advgan" in options.attacks) != (options.advgan is not None):
        raise UsageError("--advgan: the attack advgan needs a run, and a run that attack; give both or neither")
    for name in ("advgan", "generator", "apegan"):
        path = getattr(options, name)
        if path is not None and kind_at(path, f"--{name}") is None:
            raise UsageError(f"--{name} {path}: no such file or folder; give a run folder or its generator.ckpt")
    if not options.attacks:
        raise UsageError("--attacks: [] is not allowed; name at least one, such as [fgsm,pgd]")


def _families(options: RobustnessOptions) -> List[str]:
    """The classifier that is attacked, then those that the pictures are tried on."""
    return [options.classifier, *(name for name in dict.fromkeys(options.transfer) if name != options.classifier)]


def _attacks(options: RobustnessOptions, shape: Any) -> List[Any]:
    from ms_gan.attacks.gradient import Attack, cw, fgsm, pgd
    from ms_gan.attacks.robustness import Named

    more = {"restarts": options.restarts, "seed": options.seed}
    made = {
        "fgsm": lambda: fgsm(options.eps),
        "pgd": lambda: pgd(options.eps, options.step, options.steps, **more),
        "cw": lambda: cw(options.eps, options.step, options.steps, **more),
        "pgd_l2": lambda: Attack(
            "PGD L2", options.eps_l2, 2.5 * options.eps_l2 / options.steps, options.steps, "l2", **more
        ),
        "advgan": lambda: Named("AdvGAN", *_pictures_of("advgan", options.advgan, shape)[:2]),
    }
    return [made[name]() for name in dict.fromkeys(options.attacks)]


def _defences(options: RobustnessOptions, shape: Any) -> List[Any]:
    from ms_gan.attacks.defense_gan import DefenseGan, WashPlan
    from ms_gan.attacks.robustness import Named
    from ms_gan.generators.sampling import open_generator

    found, wash = [], options.wash
    if options.generator:
        margin = options.eps if wash.margin is None else wash.margin
        plan = WashPlan(wash.steps, wash.starts, wash.lr, options.seed, wash.nearest, margin)
        sampler = open_generator(Path(options.generator))
        defence = DefenseGan(sampler, plan, shape, min(wash.at_once, options.num))
        found.append(Named("Defense-GAN", defence, {**plan.to_dict(), "generator": _about(sampler.card)}))
    if options.apegan:
        found.append(Named("APE-GAN", *_pictures_of("apegan", options.apegan, shape)))
    return found


def _pictures_of(name: str, path: str, shape: Any) -> Any:
    """What a generator of pictures makes, how it was trained, and its network.

    Raises:
        UsageError: it takes other pictures, or none.
    """
    from ms_gan.generators.sampling import open_generator

    opened = open_generator(Path(path))
    if opened.card.kind != "image" or tuple(opened.card.ports[0].shape) != tuple(shape):
        takes = "x".join(map(str, opened.card.ports[0].shape))
        raise UsageError(f"--{name} {path}: takes {opened.card.kind} {takes}, not pictures {'x'.join(map(str, shape))}")
    return opened.run, {"generator": _about(opened.card)}, opened.network


def _about(card: Any) -> dict:
    return {"recipe": card.recipe, "task": card.task, "step": card.step, "weights": card.weights}


def _of_defence(options: RobustnessOptions) -> Any:
    """The attack that is repeated through a defence."""
    from ms_gan.attacks.gradient import pgd

    return pgd(options.eps, options.adaptive.step, options.adaptive.steps, seed=options.seed)


def _write(folder: Path, protocol: dict, table: Any) -> None:
    """robustness.json, robustness.html, and a sheet for each attack."""
    import numpy as np

    from ms_gan.files import write_text
    from ms_gan.pictures.grids import save_grid
    from ms_gan.pictures.pixels import perturbation
    from ms_gan.report.robustness import TIMES, write_robustness_page

    folder.mkdir(parents=True, exist_ok=True)
    for name, strip in table.strips.items():
        kinds = {key: rows for key, rows in strip.items() if key != "labels" and not key.startswith("verdicts/")}
        noise = perturbation(strip["attacked"], strip["clean"], TIMES)
        rows = [kinds.pop("clean"), noise, *kinds.values()]
        path = folder / f"{name.lower().replace(' ', '_')}.png"
        save_grid(np.concatenate(rows), path, columns=len(noise))
        print(f"{path}: clean, noise x{TIMES}, {', '.join(kinds)}")
    write_text(folder / "robustness.json", json.dumps({"protocol": protocol, **table.to_dict()}, indent=1))
    write_robustness_page(folder / "robustness.html", protocol, table.to_dict(), table.strips)
    print(f"{folder / 'robustness.html'}: the page; {folder / 'robustness.json'}: its numbers")


if __name__ == "__main__":
    sys.exit(main())
