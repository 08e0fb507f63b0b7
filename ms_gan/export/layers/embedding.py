"""Embeddings: a vector for each class."""

from typing import Any, NamedTuple

import numpy as np

from ms_gan.errors import GanError
from ms_gan.export.layers.layer import Numbers, OnnxNode, numbers_of


class Embedding(NamedTuple):
    """Labels (N,), or maps of them (N, H, W), below `classes` -> (N, ..., width): rows of a table (classes, width)."""

    table: np.ndarray

    @classmethod
    def read(cls, cell: Any) -> "Embedding":
        """The layer of an nn.Embedding."""
        if cell.use_one_hot:
            raise GanError(
                "export: an Embedding with use_one_hot has no rule in ms_gan/export/layers", code="unsupported"
            )
        return cls(numbers_of(cell.embedding_table))

    @classmethod
    def read_rows(cls, cell: Any) -> "Embedding":
        """The layer of an ms_gan.models.embeddings.Embedding."""
        return cls(numbers_of(cell.weight))

    def onnx(self, labels: str) -> OnnxNode:
        """A Gather."""
        return OnnxNode("Gather", [Numbers("table", self.table), labels])

    def compute(self, labels: np.ndarray) -> np.ndarray:
        """(N, ..., width)."""
        return self.table[labels]
