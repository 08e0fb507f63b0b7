import pytest

from ms_gan.cli.features import main
from ms_gan.metrics.features import trained
from ms_gan.metrics.features.fit import ClassifierRecipe, fit

DIGITS = ["--device", "CPU", "--data.source", "synthetic", "--data.limit", "60"]


def test_the_table(device, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path))
    monkeypatch.setattr("ms_gan.data.held_out.DRAWN", 10)
    monkeypatch.setattr(
        trained, "fit", lambda data, _: fit(data, ClassifierRecipe(epochs=0, least_steps=2, batch_size=8))
    )
    assert main(DIGITS) == 0
    shown = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert shown["name"].startswith("synthetic-classifier-") and shown["width"] == "128"
    assert shown["accuracy"].endswith("% of the test split") and shown["kept"].endswith(shown["name"])
    monkeypatch.setattr(trained, "fit", lambda *_: pytest.fail("trained again"))
    assert main(DIGITS) == 0
    assert f"name      {shown['name']}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv, message",
    [
        (["--pixel_range", "[0]"], "pixel_range: [0.0] is not allowed; allowed: two numbers"),
        (["--features", "network.pt"], "network.pt: no feature extractor"),
        (["--data.sauce", "mnist"], "did you mean --data.source?"),
    ],
)
def test_usage_errors(device, capsys, argv, message):
    assert main([*DIGITS, *argv]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
