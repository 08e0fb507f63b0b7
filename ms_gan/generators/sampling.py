"""Images from a generator: the only place that turns one into pictures."""

import hashlib
import importlib
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple

import mindspore as ms
import numpy as np
from mindspore.nn.utils import no_init_parameters

from ms_gan import tasks
from ms_gan.errors import GanError, UsageError, first_line
from ms_gan.extras import need
from ms_gan.formats.mindir import check_mindir
from ms_gan.formats.onnx_graph import check_onnx
from ms_gan.formats.wire import Malformed
from ms_gan.generators.card import CARD_CHARACTERS, Card, read_card
from ms_gan.generators.labels import sample_labels
from ms_gan.generators.latents import BLOCK_LATENTS, sample_latents
from ms_gan.generators.opened import Opened
from ms_gan.generators.translator import Translator
from ms_gan.generators.weights import check_fits, in_single_precision, load_weights, restore
from ms_gan.models import GENERATORS, build_generator
from ms_gan.pictures.pixels import to_uint8
from ms_gan.seeds import Purpose, stream

EXPORT_BYTES = 2 << 30  # of an exported file; a protocol buffer can be no larger


class Sampler(Opened):
    """A generator of latents (N, width), and of labels (N,) where it was trained with them, to images (N, C, H, W)."""

    @classmethod
    def from_card(cls, card: Card) -> "Sampler":
        """A sampler for the generator that a card describes; its weights are still to be loaded.

        Raises:
            UsageError: a generator that the family of networks does not have, or one that is too large.
        """
        card.check()
        if card.task != tasks.USUAL:
            return cls(_network(card), card)
        random, classes = stream(card.seed, Purpose.WEIGHTS), len(card.classes)
        network = build_generator(card.generator, card.latent.width, card.image.shape, random, classes=classes)
        return cls(network, card)

    def generate(self, latents: np.ndarray, labels: Optional[np.ndarray] = None) -> np.ndarray:
        """Images of latents: (N, width) float32 -> (N, C, H, W) float32 in [-1, 1].

        Args:
            latents: (N, width).
            labels: of a generator that takes them: int32 (N,), or weights of the classes, float32 (N, K).

        Raises:
            GanError: the generator produced NaN or infinite pixels.
        """
        given = [] if labels is None else [labels if labels.ndim == 2 else labels.astype(np.int32, copy=False)]
        return self.run(latents.astype(np.float32, copy=False), *given)

    def of_classes(self, latents: np.ndarray, labels: Iterable[int]) -> np.ndarray:
        """What `generate` makes of the latents (N, width) in each class: (classes * N, C, H, W), class by class."""
        labels = np.array(list(labels), np.int32)
        return self.generate(np.tile(latents, (len(labels), 1)), labels.repeat(len(latents)))

    def labels(self, seed: int, start: int, count: int) -> Optional[np.ndarray]:
        """The classes of a seed's samples number `start` to `start + count`, as often as in the training images.

        Returns:
            (count,), int32; None: the generator takes no labels.
        """
        port = self.card.port("label")
        return None if port is None else sample_labels(seed, start, count, port.frequencies)

    def samples(self, seed: int, count: int) -> np.ndarray:
        """The first `count` samples of a seed, (count, C, H, W), uint8."""
        return to_uint8(self.generate(sample_latents(seed, 0, count, self.card.latent), self.labels(seed, 0, count)))

    def stream(self, seed: int, count: int) -> Iterator[Tuple[int, np.ndarray]]:
        """The first `count` samples of a seed in blocks of constant size: (number of the first, (n, C, H, W) uint8)."""
        for start in range(0, count, BLOCK_LATENTS):
            size = min(BLOCK_LATENTS, count - start)
            latents, labels = sample_latents(seed, start, size, self.card.latent), self.labels(seed, start, size)
            yield start, to_uint8(self.generate(latents, labels))


def open_generator(path: Path, direction: Optional[str] = None) -> Opened:
    """What a training or an export left on disk: a Translator where it takes pictures, else a Sampler.

    Args:
        path: a run folder, a checkpoint (`generator.ckpt` or one of training) or an exported `.mindir` or `.onnx`.
        direction: ab or ba, of a run folder that holds a generator for each; None: ab.

    Raises:
        UsageError: there is nothing of that kind at `path`, or a package that reads it is missing.
        GanError: a file is damaged, or does not hold the generator that its card describes.
    """
    path = Path(path)
    if path.is_dir():
        path = _kept_in(path, direction)
    elif direction is not None:
        raise UsageError(f"--direction {direction}: chooses in a run folder; {path} holds one generator, leave it out")
    if path.suffix in EXPORTED:
        return _open_exported(path, *EXPORTED[path.suffix])
    values, card = load_weights(path)
    # A checkpoint of the training holds two generators; the average is the one to sample from.
    averaged = any(name.startswith(f"{card.network}_ema.") for name in values)
    # What a run keeps of a generator is named `generator.*`, whichever of its networks it is.
    trained = any(name.startswith(f"{card.network}.") for name in values)
    source = f"{card.network}_ema." if averaged else f"{card.network}." if trained else "generator."
    return opened_with(card, in_single_precision(values), path, source)


def opened_with(card: Card, values: Dict[str, ms.Parameter], path: Path, source: str = "generator.") -> Opened:
    """The generator that a card describes, with given weights.

    Args:
        card: the generator's card.
        values: the weights, by name.
        path: names the file they are from in an error.
        source: the first part of their names.

    Raises:
        GanError: the values are not those of the generator.
    """

    def wanted(network: ms.nn.Cell) -> List[Tuple[str, ms.Parameter]]:
        return [(parameter.name.replace("generator.", source, 1), parameter) for parameter in network.get_parameters()]

    # What a card describes may be more than any memory holds: nothing is made before it is known to be in the file.
    check_fits(wanted(_outline(card, path)), values, path)
    opened = opened_for(card)
    restore(wanted(opened.network), values, path)
    return opened


def opened_for(card: Card) -> Opened:
    """A generator of a card's kind; its weights are still to be loaded. Raises as Sampler.from_card."""
    if card.kind != "image":
        return Sampler.from_card(card)
    card.check()
    return Translator(_network(card), card)


def _kept_in(folder: Path, direction: Optional[str]) -> Path:
    """The generator that a run keeps.

    Raises:
        UsageError: there is none, there are several, or none of that direction.
    """
    found = sorted(path for path in folder.glob("*.ckpt") if not path.stem.endswith("_last"))
    usual, chosen = folder / "generator.ckpt", folder / f"generator_{direction or 'ab'}.ckpt"
    if chosen.is_file():
        return chosen
    if direction is not None:
        raise UsageError(f"--direction {direction}: {folder} holds no {chosen.name}; leave --direction out")
    if usual.is_file() or len(found) == 1:
        return usual if usual.is_file() else found[0]
    if found:
        names = " and ".join(path.stem for path in found)
        raise UsageError(f"{folder}: holds {names}; name one of them, such as {found[0]}", code="mismatch")
    raise UsageError(
        f"{folder}: holds no generator.ckpt; give a run folder that was saved at least once", code="missing"
    )


def _outline(card: Card, path: Path) -> ms.nn.Cell:
    """The network that a card describes, its parameters without values."""
    try:
        with no_init_parameters():
            return _network(card)
    except UsageError as error:
        raise GanError(f"{path}: {error}", code="damaged", option=error.option) from None
    except ValueError as error:
        raise GanError(f"{path}: its card does not describe a generator: {error}", code="damaged") from None


def _network(card: Card) -> ms.nn.Cell:
    """The network of a card: one of this package's families, or what the room of its task makes of it.

    Raises:
        UsageError: a task that is not known here.
        ValueError: sizes that the network does not have.
    """
    if card.task == tasks.USUAL:
        if card.kind not in ("latent", "latent+label") or card.ports[0].size != card.latent.width:
            raise ValueError(f"{card.kind} is not what a generator of the task {card.task} takes")
        classes = len(card.classes)
        network = GENERATORS[card.generator.name](card.generator, card.latent.width, card.image.shape, classes)
    else:
        if card.kind == "image" and len(card.ports[0].shape) != 3:
            raise ValueError(f"pictures of shape {card.ports[0].shape}")
        network = importlib.import_module(tasks.find(card.task).module).generator(card)
    network.update_parameters_name("generator.")
    return network


def _open_exported(path: Path, check: Callable, load: Callable[[Path, bytes], Any]) -> Opened:
    if not path.is_file():
        raise UsageError(f"{path}: no such file", code="missing")
    card = _card_beside(path)
    try:
        if path.stat().st_size > EXPORT_BYTES:
            raise GanError(
                f"{path}: larger than any export of this project; allowed: {EXPORT_BYTES:,} bytes", code="damaged"
            )
        content = path.read_bytes()
    except OSError as error:
        raise GanError(f"{path}: cannot be read ({error.strerror})", code="unreadable") from None
    if hashlib.sha256(content).hexdigest() != card.sha256:
        raise GanError(
            f"{path}: damaged, or not the file that its {card_path(path).name} describes; export it again",
            code="damaged",
        )
    try:
        check(content, card.graph_inputs, card.image.shape, card.batch_size)
        sampler = (Translator if card.kind == "image" else Sampler)(load(path, content), card)
        made = sampler.network(*(ms.Tensor(one.zeros(sampler.block)) for one in card.graph_inputs))
    except Malformed as fault:
        raise GanError(f"{path}: not the static graph of a generator: {fault}", code="damaged") from None
    except UsageError:
        raise
    except Exception as error:  # neither MindSpore nor onnxruntime has a common class for its errors
        raise GanError(f"{path}: cannot be run ({first_line(error)})", code="damaged") from None
    if made.shape != (sampler.block, *card.image.shape):
        raise GanError(
            f"{path}: makes images of {tuple(made.shape[1:])}, not of {card.image.shape} as its card says",
            code="mismatch",
        )
    return sampler


class _OnnxNetwork:
    """An ONNX file, run by onnxruntime on the CPU, as far as a sampler needs it to be a cell."""

    def __init__(self, path: Path, content: bytes):
        need(f"{path}: an ONNX file", "export", "onnxruntime")
        from onnxruntime import InferenceSession

        # From the bytes that were examined, not from the file, which may have changed since.
        self.session = InferenceSession(content, providers=["CPUExecutionProvider"])

    def set_train(self, _: bool) -> "_OnnxNetwork":
        return self

    def __call__(self, *given: ms.Tensor) -> ms.Tensor:
        names = (one.name for one in self.session.get_inputs())
        (images,) = self.session.run(None, {name: one.asnumpy() for name, one in zip(names, given)})
        return ms.Tensor(images)


def _mindir_network(path: Path, content: bytes) -> ms.nn.Cell:
    """A MindIR file's graph, from the bytes that were examined: the file itself may have changed since."""
    with tempfile.TemporaryDirectory(prefix="ms_gan-mindir-") as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(content)
        return ms.nn.GraphCell(ms.load(str(copy)))


EXPORTED = {
    ".mindir": (check_mindir, _mindir_network),
    ".onnx": (check_onnx, _OnnxNetwork),
}


def card_path(path: Path) -> Path:
    """Where the card of an exported file lies."""
    # An .onnx beside the .mindir of the same name has a card of its own.
    return path.with_suffix(".json" if path.suffix == ".mindir" else f"{path.suffix}.json")


def _card_beside(path: Path) -> Card:
    description = card_path(path)
    try:
        with open(description, encoding="utf-8") as file:
            return read_card(file.read(CARD_CHARACTERS + 1), str(description))
    except FileNotFoundError:
        raise UsageError(
            f"{description}: missing; export.py writes it beside {path.name}, keep them together", code="missing"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise GanError(f"{description}: cannot be read ({error})", code="unreadable") from None
