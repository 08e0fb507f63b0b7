"""The layers of exported generators, a file a kind: how each is read off a cell, its ONNX node and its arithmetic.

What a file of strangers may hold of each is in ms_gan/formats/onnx_rules.py, by the name of its ONNX operator.
"""

from typing import Any, Callable, Dict, List

from mindspore import nn

from ms_gan.export.layers.activation import Rectifier, Sigmoid, Tanh
from ms_gan.export.layers.add import Add
from ms_gan.export.layers.batch_norm import BatchNorm
from ms_gan.export.layers.channels_first import ChannelsFirst
from ms_gan.export.layers.concat import Channels, Concat
from ms_gan.export.layers.convolution import Convolution
from ms_gan.export.layers.dense import Dense
from ms_gan.export.layers.embedding import Embedding
from ms_gan.export.layers.instance_norm import InstanceNorm
from ms_gan.export.layers.layer import Layer
from ms_gan.export.layers.multiply import Multiply, Scale
from ms_gan.export.layers.pad import Pad
from ms_gan.export.layers.pool import AveragePool, MaxPool
from ms_gan.export.layers.reshape import Reshape
from ms_gan.export.layers.transposed_convolution import TransposedConvolution
from ms_gan.export.layers.upsample import Upsample
from ms_gan.models import embeddings, per_image
from ms_gan.models import layers as cells

# What a network names when it describes itself: Graph.layer.
LAYERS: Dict[str, Callable[..., Layer]] = {
    "add": Add,
    "channels": Channels,
    "channels_first": ChannelsFirst,
    "concat": Concat,
    "conv": Convolution,
    "conv_transpose": TransposedConvolution,
    "dense": Dense,
    "embedding": Embedding,
    "instance_norm": InstanceNorm.plain,
    "multiply": Multiply,
    "pad": Pad,
    "rectifier": Rectifier,
    "average_pool": AveragePool,
    "max_pool": MaxPool,
    "reshape": Reshape,
    "scale": Scale,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "upsample": Upsample,
}
# How the layer of a cell is read, by the cell's type; the nearest of its classes counts.
READERS: Dict[type, Callable[[Any], Layer]] = {
    nn.Dense: Dense.read,
    nn.Conv2d: Convolution.read,
    nn.Conv2dTranspose: TransposedConvolution.read,
    nn.BatchNorm1d: BatchNorm.read,
    nn.BatchNorm2d: BatchNorm.read,
    nn.InstanceNorm2d: InstanceNorm.read,
    per_image.InstanceNorm: InstanceNorm.read,
    nn.Embedding: Embedding.read,
    embeddings.Embedding: Embedding.read_rows,
    nn.Upsample: Upsample.read,
    nn.AvgPool2d: AveragePool.read,
    nn.MaxPool2d: MaxPool.read,
    nn.ReflectionPad2d: Pad.read_reflection,
    nn.ZeroPad2d: Pad.read_zeros,
    nn.ReLU: lambda _: Rectifier(0.0),
    nn.LeakyReLU: lambda cell: Rectifier(float(cell.alpha)),
    cells.LeakyReLU: lambda cell: Rectifier(float(cell.slope)),
    nn.Tanh: lambda _: Tanh(),
    nn.Sigmoid: lambda _: Sigmoid(),
}
# The cells that a cell passes its input through, one after the other; none: it changes nothing in evaluation mode.
ROWS: Dict[type, Callable[[Any], List[nn.Cell]]] = {
    nn.SequentialCell: list,
    nn.Identity: lambda _: [],
    nn.Dropout: lambda _: [],
}
