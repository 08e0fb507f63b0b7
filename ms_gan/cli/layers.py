"""The layers of a run's networks as a table: the shape that each makes, and its number of trained parameters."""

from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn

from ms_gan.files import as_size
from ms_gan.models import count_parameters
from ms_gan.models.cpu.convolution import ChannelsLast
from ms_gan.training.system import LABEL, System


class Layer(NamedTuple):
    """A row: its name in the network, its kind, the shape that it makes of one image, its trained numbers."""

    name: str
    kind: str
    shape: Tuple[int, ...]
    parameters: int


def layer_table(system: System, batch_size: int) -> Iterator[str]:
    """The layers of the networks that are trained, line by line.

    Args:
        system: what is trained.
        batch_size: images of a step.
    """
    for name, shapes in system.examples.items():
        network = system.networks[name]
        rows = layers(network, *shapes)
        activations = 4 * batch_size * sum(int(np.prod(row.shape)) for row in rows)
        family = type(network).__module__.rpartition(".")[2]
        yield ""
        yield f"{name}: {family}, {count_parameters(network):,} parameters"
        yield f"  activations of a batch: {as_size(activations)}"
        yield f"  {'layer':<22}{'kind':<18}{'makes':<14}{'parameters':>12}"
        yield f"  {'input':<40}{' '.join(_shown(shape) for shape in shapes if shape is not None)}"
        for row in rows:
            yield f"  {row.name:<22}{row.kind:<18}{_shown(row.shape):<14}{row.parameters:>12,}"


def layers(network: nn.Cell, *shapes: Optional[Tuple[int, ...]]) -> List[Layer]:
    """The layers of a network of inputs (N, *shape), in the order of their use; they are computed once, eagerly."""
    found = dict(_find(network, "", False))
    outputs: Dict[str, Tuple[int, ...]] = {}

    def note(name: str, last: bool):
        def hook(cell, inputs, output):
            made = tuple(output.shape[1:])
            outputs[name] = (made[-1], *made[:-1]) if last and len(made) == 3 else made

        return hook

    mode = ms.get_context("mode")
    ms.set_context(mode=ms.PYNATIVE_MODE)  # hooks are called in this mode only
    handles = [cell.register_forward_hook(note(name, last)) for name, (cell, last) in found.items()]
    try:
        # Two images: BatchNorm has no variance of one.
        network(*map(_zeros, shapes))
    finally:
        for handle in handles:
            handle.remove()
        ms.set_context(mode=mode)
    return [
        Layer(name, type(found[name][0]).__name__, made, count_parameters(found[name][0]))
        for name, made in outputs.items()
    ]


def _find(cell: nn.Cell, name: str, last: bool) -> Iterator[Tuple[str, Tuple[nn.Cell, bool]]]:
    """The cells that are layers, with whether channels come last in them: those below which no cell has weights."""
    own = {id(parameter) for _, parameter in cell.parameters_and_names(expand=False)}
    below = [id(parameter) for parameter in cell.get_parameters() if id(parameter) not in own]
    children = cell.name_cells()
    if name and not below or not children:
        yield name, (cell, last)
        return
    for key, child in children.items():
        yield from _find(child, f"{name}.{key}".lstrip("."), last or isinstance(cell, ChannelsLast))


def _zeros(shape: Optional[Tuple[int, ...]]) -> Optional[ms.Tensor]:
    if shape is None:
        return None
    return ms.Tensor(np.zeros((2, *shape), np.int32 if shape == LABEL else np.float32))


def _shown(shape: Tuple[int, ...]) -> str:
    return "label" if shape == LABEL else "x".join(map(str, shape))
