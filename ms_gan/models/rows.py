"""Means over rows, and rows repeated: what BatchNorm and biases need, from kernels that use all threads of a CPU.

MindSpore broadcasts in one thread, and sums gradients of what was broadcast in one thread; its products use all.
"""

from mindspore import ops


def mean_of_rows(rows, exact: bool):
    """(1, C): the mean of rows (M, C).

    Args:
        rows: float32.
        exact: not as a product, for devices that round what products multiply.
    """
    if exact:
        return rows.mean(0, keep_dims=True)
    count = rows.shape[0]
    return ops.matmul(ops.full((1, count), 1.0 / count, dtype=rows.dtype), rows)


def on_every_row(row, rows, exact: bool):
    """A row (1, C) repeated to the shape of rows (M, C). Arguments as in `mean_of_rows`."""
    if exact:
        return ops.bias_add(ops.zeros_like(rows), row.reshape((-1,)))
    return ops.matmul(ops.ones((rows.shape[0], 1), rows.dtype), row)
