import pytest

from ms_gan.cli import infer
from ms_gan.cli.export import main


def test_a_run_becomes_a_file_that_samples_alike(trained, tmp_path, capsys):
    path = tmp_path / "generator.mindir"
    assert main(["--ckpt", str(trained), "--output", str(path)]) == 0
    assert "read back, its images differ by" in capsys.readouterr().out
    for source, name in ((trained, "run.npy"), (path, "mindir.npy")):
        assert infer.main(["--ckpt", str(source), "--num", "9", "--output", str(tmp_path / name)]) == 0
    assert (tmp_path / "run.npy").read_bytes() == (tmp_path / "mindir.npy").read_bytes()


@pytest.mark.parametrize(
    "argv, message",
    [
        ([], "--ckpt is missing"),
        (["--ckpt", "absent"], "no such file or folder"),
        (["--ckpt", "{run}", "--output", "g.onnx"], "should be a file that ends in .mindir"),
        (["--ckpt", "{run}", "--format", "PT"], "format: 'PT' is not allowed; allowed: MINDIR"),
        (["--ckpt", "{run}", "--batch-size", "0"], "batch_size: 0 is out of range; allowed: 1 to 65536"),
    ],
)
def test_usage_errors(trained, capsys, tmp_path, monkeypatch, argv, message):
    monkeypatch.chdir(tmp_path)
    assert main([part.format(run=trained) for part in argv]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())
