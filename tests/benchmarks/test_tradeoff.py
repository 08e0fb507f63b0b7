"""Runs of several weights of L1 as points of one picture."""

import json
import sys

import pytest
from PIL import Image

from benchmarks import tradeoff
from ms_gan.config.parser import write_yaml
from ms_gan.tasks import paired

KEYS = ("l1", "psnr", "ssim", "frechet")


def draw_run(folder, l1, adversarial, values, pixels="12ab"):
    config = paired.Config()
    config.paired.l1, config.paired.adversarial = l1, adversarial
    folder.mkdir()
    (folder / "config.yaml").write_text(write_yaml(config))
    rows = [{"key": key, "values": [value, 9.0, None]} for key, value in zip(KEYS, values)]
    parts = [{"columns": ["output", "input", "real"], "measures": rows}]
    protocol = {"pixels": [pixels], "features": {"name": "random"}}
    (folder / "evaluation.json").write_text(json.dumps({"protocol": protocol, "parts": parts}))
    return folder


def test_runs_are_points_in_the_order_of_their_weights(tmp_path, monkeypatch, capsys):
    runs = [
        draw_run(tmp_path / "alone", 100.0, 0.0, (0.1, 15, 0.5, 0.4)),
        draw_run(tmp_path / "much", 100.0, 1.0, (0.11, 14, 0.45, 0.16)),
        draw_run(tmp_path / "little", 10.0, 1.0, (0.12, 13, 0.4, 0.12)),
    ]
    picture = tmp_path / "tradeoff.png"
    monkeypatch.setattr(sys, "argv", ["tradeoff", *map(str, runs), "--output", str(picture)])
    tradeoff.main()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in capsys.readouterr().out.splitlines()[2:-1]]
    assert [row[0] for row in rows] == ["L1 x 10", "L1 x 100", "L1 alone", "input"]
    assert rows[1][1:] == ["0.16", "0.45", "0.11", "14"] and rows[3][1] == "9"
    with Image.open(picture) as drawn:
        assert len(drawn.convert("RGB").getcolors(1 << 20)) > 50


def test_runs_that_were_measured_differently_are_refused(tmp_path, monkeypatch, capsys):
    runs = [draw_run(tmp_path / name, 10.0, 1.0, (0.1,) * 4, pixels=name) for name in ("a", "b")]
    monkeypatch.setattr(sys, "argv", ["tradeoff", *map(str, runs)])
    with pytest.raises(SystemExit):
        tradeoff.main()
    assert "b: was measured on other pictures" in capsys.readouterr().err
