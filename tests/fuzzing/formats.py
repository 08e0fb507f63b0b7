"""The kinds of files that this project reads and a stranger may have made."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Callable

from tests.fuzzing import data_files, generator_files, run_files

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


FORMATS = {
    "idx_images": Format(partial(data_files.idx, "", 0)),
    "idx_labels": Format(partial(data_files.idx, "", 1)),
    "idx_images_gz": Format(partial(data_files.idx, ".gz", 0)),
    "cifar_batch": Format(data_files.cifar_batch),
    "cifar_archive": Format(data_files.cifar_archive),
    "package": Format(data_files.package),
    "zip": Format(data_files.zip_of_pictures),
    "picture": Format(data_files.picture, memory=1500 * MB),
    "configuration": Format(run_files.configuration),
    "card": Format(generator_files.card),
    "checkpoint": Format(generator_files.checkpoint),
    "mindir": Format(partial(generator_files.mindir, ["mlp"]), memory=1000 * MB, seconds=20.0),
    "mindir_convolutions": Format(partial(generator_files.mindir, ["cnn", "dcgan"]), memory=1000 * MB, seconds=60.0),
    "onnx": Format(run_files.onnx, memory=1000 * MB),
    "onnx_generator": Format(generator_files.onnx_generator, memory=1000 * MB),
    "onnx_graph": Format(generator_files.onnx_graph, memory=1000 * MB),
    "latents": Format(generator_files.latents),
    "decoded_cache": Format(run_files.decoded_cache),
    "trained_cache": Format(run_files.trained_cache),
    "log": Format(run_files.log),
    "evaluation": Format(run_files.evaluation),
}
