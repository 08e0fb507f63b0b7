"""Files of generators: valid ones, and how they are read."""

import hashlib
import io
import json
from dataclasses import asdict

import numpy as np
from hypothesis import strategies as st

from ms_gan.generators.card import Card, read_card
from tests.fuzzing.mutations import edited, mutants, strange_trees
from tests.fuzzing.reading import from_file


def card(folder):
    made = Card(recipe="r", sha256="0" * 64)
    dumped = strange_trees([asdict(made)]).map(lambda tree: json.dumps(tree).encode())
    contents = st.one_of(edited([made.to_json().encode()]), dumped)
    return contents, lambda content: read_card(content.decode("utf-8", "replace"), "x.json")


def checkpoint(folder):
    """Bytes and fields of a checkpoint, and its card."""
    from mindspore.train.checkpoint_pb2 import Checkpoint

    from ms_gan.generators.sampling import open_generator
    from ms_gan.generators.weights import save_weights

    sampler = tiny_sampler()
    path = folder / "generator.ckpt"
    save_weights(path, [(parameter.name, parameter) for parameter in sampler.parameters()], sampler.card)
    sealed = Checkpoint()
    sealed.ParseFromString(path.read_bytes())
    del sealed.value[-1]  # with its digest any change would be noticed before it is read
    valid = sealed.SerializeToString()

    def with_card(tree):
        made = Checkpoint()
        made.ParseFromString(valid)
        text = json.dumps(tree).encode("utf-32-le")
        made.value[-1].tensor.tensor_content = text
        return made.SerializeToString()

    cards = strange_trees([asdict(sampler.card)]).map(with_card)
    path.chmod(0o644)
    contents = st.one_of(edited([valid]), mutants(Checkpoint, [valid]), cards)
    open_generator(path)  # MindSpore takes a gigabyte of addresses for its first tensor
    return contents, from_file(path, lambda: open_generator(path))


def tiny_sampler(name="mlp"):
    """A generator of 8x8 pixels with initial weights, MindSpore started on the CPU."""
    from ms_gan.generators.sampling import Sampler
    from ms_gan.runtime import start

    start("CPU")
    made = Card(recipe="r")
    made.latent.width, made.image.height, made.image.width = 4, 8, 8
    made.generator.name, made.generator.hidden, made.generator.channels = name, [6, 5], 4
    return Sampler.from_card(made)


def mindir(names, folder):
    """Bytes and fields of exported graphs, with a card that has the digest of what they became."""
    from mindspore.train.mind_ir_pb2 import ModelProto

    from ms_gan.export import export_mindir

    path = folder / "generator.mindir"
    valid = []
    for name in names:
        export_mindir(tiny_sampler(name), path, 3)
        valid.append(path.read_bytes())
    return st.one_of(edited(valid), mutants(ModelProto, valid)), with_card_of(path)


def with_card_of(path):
    """Opens a generator in a file of a content, with a card that has the content's digest."""
    from ms_gan.generators.sampling import card_path, open_generator

    described = json.loads(card_path(path).read_text())

    def consume(content):
        path.write_bytes(content)
        genuine = {**described, "sha256": hashlib.sha256(content).hexdigest()}
        card_path(path).write_text(json.dumps(genuine))
        return open_generator(path)

    return consume


def onnx_generator(folder):
    """Bytes and fields of a generator for onnxruntime, with a card that has the digest of what they became."""
    from onnx import ModelProto

    from ms_gan.export import export_onnx

    path, valid = folder / "generator.onnx", []
    for name in ("mlp", "dcgan"):
        export_onnx(tiny_sampler(name), path, 3)
        valid.append(path.read_bytes())
    return st.one_of(edited(valid), mutants(ModelProto, valid)), with_card_of(path)


def onnx_graph(folder):
    """Bytes and fields of generators that branch: what passes the check is run."""
    from unittest import mock

    from onnx import ModelProto

    from ms_gan.errors import GanError
    from ms_gan.export import layers
    from ms_gan.export.graph import read_graph
    from ms_gan.export.onnx import make_model
    from tests.export.networks import NETWORKS, READERS, examples, small_network

    tiny_sampler()
    networks, valid = [small_network(name) for name in NETWORKS], []
    with mock.patch.dict(layers.READERS, READERS):
        for network in networks:
            model = make_model(read_graph(network, network.inputs), network.image_shape, 3, {})
            valid.append(model.SerializeToString())
    given = [dict(zip((one.name for one in network.inputs), examples(network, 3))) for network in networks]

    def run(content):
        faults = [_fault(content, network, values) for network, values in zip(networks, given)]
        if all(faults):
            raise GanError("; ".join(faults))

    return st.one_of(edited(valid), mutants(ModelProto, valid)), run


def _fault(content, network, values):
    """Why a file is not run for a network, or None where it ran."""
    from onnxruntime import InferenceSession

    from ms_gan.formats.onnx_graph import check_onnx
    from ms_gan.formats.wire import Malformed

    try:
        check_onnx(content, network.inputs, network.image_shape, 3)
        InferenceSession(content, providers=["CPUExecutionProvider"]).run(None, values)
    except Malformed as fault:
        return str(fault)
    except Exception as error:  # onnxruntime has no common class for its errors
        if type(error).__module__.startswith("onnxruntime"):
            return str(error).splitlines()[0]
        raise
    return None


def latents(folder):
    """Latents in a .npy file."""
    from ms_gan.config.network_sections import LatentConfig
    from ms_gan.generators.latent_list import read_latents

    file = io.BytesIO()
    np.save(file, np.arange(12, dtype=np.float32).reshape(3, 4))
    path = folder / "latents.npy"
    return edited([file.getvalue()]), from_file(path, lambda: read_latents(path, LatentConfig(width=4)))
