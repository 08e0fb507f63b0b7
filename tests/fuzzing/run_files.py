"""Files that runs, evaluations and caches consist of, and what a person names: valid ones, and how they are read."""

import hashlib
import io
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import yaml
from hypothesis import strategies as st

from ms_gan.config.parser import read_yaml, write_yaml
from ms_gan.tasks.latent import Config
from tests.fuzzing.mutations import edited, mutants, strange_trees
from tests.fuzzing.reading import from_file


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
    from ms_gan.data.decoded import ABOUT, PIXELS, Decoding, _open

    recipe = Decoding(8, 1, (0, 0, 0))
    (folder / PIXELS).write_bytes(bytes(3 * recipe.image_bytes))
    about = {"folder": "x", "recipe": asdict(recipe), "images": 3, "enlarged": 1, "failures": [["a.png", "why", True]]}
    about["depth"] = ["told"]
    dumped = strange_trees([about]).map(lambda tree: json.dumps(tree).encode())

    def read():
        found = _open(folder, recipe, files=4)
        return found and (found.images.sum(), [failure.name + failure.why for failure in found.failures])

    return st.one_of(edited([json.dumps(about).encode()]), dumped), from_file(folder / ABOUT, read)


def log(folder):
    """log.jsonl and metrics.jsonl as a resumed run reads them."""
    from ms_gan.metrics.pictures import quality_records
    from ms_gan.runs.events import EventLog, read_events

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
        return quality_records(found, "frechet"), [record["event"] for record in found]

    return st.one_of(edited([text]), dumped), from_file(path, read)


def evaluation(folder):
    """evaluation.json as `eval.py --compare` reads it; its protocol is mostly left alone."""
    from ms_gan.metrics.protocol import FeaturesUsed, GeneratorUsed, Protocol
    from ms_gan.metrics.report import Evaluation, Measures, read_report
    from ms_gan.metrics.table import side_by_side

    used = FeaturesUsed("f", "a network", 8, 0.99), GeneratorUsed("r", "averaged", 1.0, 100, "ab")
    protocol = Protocol(*used, "data", "cd", "train", 100, 50, 50, "floor", (1, 8, 8), 0)
    measures = Measures(50, 1.5, 0.1, 0.01, 0.9, 0.8, 1.1, 0.7, histogram=[20, 30])
    whole = json.loads(Evaluation(protocol, measures, measures, ["a", "b"], [50, 50], ["a note"]).to_json())
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
    from ms_gan.metrics.features.cache import CARD, WEIGHTS, read

    file = io.BytesIO()
    np.savez(file, **{"layers.0.weight": np.arange(600, dtype=np.float32), "layers.0.bias": np.zeros(3, np.float32)})

    def consume(content):
        (folder / WEIGHTS).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        (folder / CARD).write_text(json.dumps({"accuracy": 0.5, "sha256": digest}))
        return read(folder)

    return edited([file.getvalue()]), consume
