"""The ops of a recipe's training step as a GPU or an Ascend would be given it, and which of the two has kernels."""

import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Set, Tuple

import numpy as np
from mindspore import nn
from mindspore.nn.cell import _cell_graph_executor
from mindspore.ops import operations
from mindspore.train.mind_ir_pb2 import ModelProto

from ms_gan.systems.latent.build import build_system
from ms_gan.tasks.latent import Config
from ms_gan.training.adversarial.inputs import StepInputs

TABLE = Path(__file__).parents[1] / "golden" / "kernels.txt"
# What ties ops together in MindSpore's graphs; no kernel runs for these.
STRUCTURE = {"Constant", "Depend", "Load", "MakeTuple", "Return", "TupleGetItem", "UpdateState"}
# A branch: MindSpore's runtime takes it on every device, by a value that it fetches from there.
BRANCH = {"Switch", "Partial"}
# MindSpore replaces these where a device lacks them, by passes that all its devices share: CPUs lack them too.
REPLACED = {"Muls": "Mul", "Divs": "Div", "Conv2DTranspose": "Conv2DBackpropInput"}


def compile_step(config: Config, image_shape: Tuple[int, int, int]) -> ModelProto:
    """The graph of a recipe's step; `image_shape`: (C, H, W)."""
    labels = np.arange(config.train.batch_size, dtype=np.int32) % 2 if config.conditional else None
    system = build_system(config, image_shape, classes=0 if labels is None else 2)
    features = system.networks["discriminator"].dropout_features
    images = np.zeros((config.train.batch_size, *image_shape), np.uint8)
    inputs = StepInputs(config, images, features, labels=labels)(0)
    return compile_cell(system.step if system.rare is None else system.rare, inputs)


def compile_cell(cell: nn.Cell, inputs: Sequence[Any]) -> ModelProto:
    """A cell's graph after MindSpore's last pass before kernels are chosen: what follows would be the CPU's own."""
    phase, _ = _cell_graph_executor.compile(cell, *inputs, phase="export.mindir", do_convert=False)
    model = ModelProto()
    model.ParseFromString(_cell_graph_executor._get_func_graph_proto(cell, phase, "mind_ir"))
    return model


def ops_of(model: ModelProto) -> Set[str]:
    """The names of all ops for which a device needs kernels."""
    graphs = [model.graph, *model.functions]
    # A node names its op itself, a primitive of the model, "REF::Conv2D:6", or a function without a number, in loops.
    names = {re.sub(r"^REF::(.*?)(:\d+)?$", r"\1", node.op_type) for graph in graphs for node in graph.node}
    calls = {name for name in names for graph in graphs if name == graph.name or name.startswith(f"{graph.name}:")}
    calls |= {name for name in names if ":CNode_" in name}  # of what a branch has chosen
    return names - STRUCTURE - BRANCH - calls


def branches(model: ModelProto) -> int:
    """How many branches a graph takes by values that are known only when it runs."""
    nodes = [node for graph in [model.graph, *model.functions] for node in graph.node]
    return sum(node.op_type.startswith("REF::Switch:") or node.op_type == "Switch" for node in nodes)


def dynamic_shapes(model: ModelProto) -> List[str]:
    """The names of the nodes with an output whose shape is not known before the step runs."""

    def shapes(attribute) -> Iterator[List[int]]:
        yield from (tensor.dims for tensor in attribute.tensors)
        for value in attribute.values:
            yield from shapes(value)

    return [
        node.name
        for graph in [model.graph, *model.functions]
        for node in graph.node
        for attribute in node.attribute
        if attribute.name == "shape" and any(size < 0 for shape in shapes(attribute) for size in shape)
    ]


def registered(version: str) -> Dict[str, Set[str]]:
    """For each device the ops with kernels in a version of MindSpore; tests/golden/make_kernels.py wrote them down."""
    header, *rows = [line.split() for line in TABLE.read_text().splitlines()]
    assert version in header, f"MindSpore {version}: run python tests/golden/make_kernels.py for it"
    column = header.index(version)
    return {device: {row[0] for row in rows if row[column] in (device, "both")} for device in ("GPU", "Ascend")}


def has_kernel(op: str, device: str, kernels: Dict[str, Set[str]]) -> bool:
    """Whether a device runs an op: it registers a kernel of it or of its replacement, or MindSpore's manual says so."""
    return op in kernels[device] or REPLACED.get(op) in kernels[device] or device in _documented(op)


def _documented(op: str) -> str:
    """The line "Supported Platforms" of an op's page in MindSpore's manual, or an empty string."""
    text = getattr(getattr(operations, op, None), "__doc__", None) or ""
    found = re.search(r"Supported Platforms:\s+(.+)", text)
    return found.group(1) if found else ""
