"""Tables of rows and their adjoints."""

import numpy as np

# Two places read row 0, one reads row 2, one reads none of the three.
TABLE = np.array([0, 2, 0, 3], np.int32)


def test_readers_name_the_places_that_read_each_row():
    from ms_gan.models.cpu.patches import readers

    assert readers(TABLE, 3).tolist() == [[0, 4, 1], [2, 4, 4]]


def test_readers_are_the_adjoint_of_a_table():
    from ms_gan.models.cpu.patches import patch_rows, readers

    table = patch_rows(5, 4, 3, 2, 1, 1)
    matrix = np.eye(21)[table][:, :20]
    adjoint = sum(np.eye(len(table) + 1)[places][:, :-1] for places in readers(table, 20))
    np.testing.assert_array_equal(adjoint, matrix.T)


def test_patch_rows_of_a_corner():
    from ms_gan.models.cpu.patches import patch_rows

    # 3x3 patches around the pixels of a 2x2 image, numbered row by row; 4 stands for padding.
    assert patch_rows(2, 2, 3, 1, 1, 1).reshape(4, 9)[0].tolist() == [4, 4, 4, 4, 0, 1, 4, 2, 3]
