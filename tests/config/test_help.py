import importlib
import sys

import pytest

from ms_gan.config.help import Parser, as_called, closest_name
from ms_gan.errors import UsageError

COMMANDS = {
    "ms_gan.cli.train": "train.py", "ms_gan.cli.infer": "infer.py", "ms_gan.cli.eval": "eval.py",
    "ms_gan.cli.export": "export.py", "ms_gan.cli.doctor": "python -m ms_gan.cli.doctor",
    "ms_gan.cli.launch": "run_distribute_train.sh", "ms_gan.cli.features": "python -m ms_gan.cli.features",
    "ms_gan.data.inspect": "python -m ms_gan.data.inspect",
}  # fmt: skip
LEARNING_RATES = "--optimizer.generator.lr or --optimizer.discriminator.lr"


@pytest.fixture
def parser():
    made = Parser("tool", "Does it.", "  tool x")
    made.add_argument("dir")
    made.add_argument("--side", type=int)
    made.add_argument("--kind", choices=("round", "square"))
    return made


@pytest.mark.parametrize(
    "argv, message",
    [
        (["x", "--sied", "3"], "unknown option --sied; did you mean --side?"),
        (["x", "--kind", "squared"], "--kind: 'squared' is not allowed; allowed: round, square; did you mean square?"),
        (["x", "--side", "wide"], "--side: invalid int value: 'wide'; --help explains it"),
        (["x", "--sid", "3"], "unknown option --sid; did you mean --side?"),
        ([], "the following arguments are required: dir; --help explains it"),
    ],
)
def test_complaints_are_one_sentence(parser, argv, message):
    with pytest.raises(UsageError) as error:
        parser.parse_args(argv)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "name, meant",
    [
        ("--train.epoch", "--train.epochs"),
        ("--EPOCHS", "--epochs"),
        ("--optimizer.lr", LEARNING_RATES),
        ("--generator.lr", LEARNING_RATES),
        ("--data_dir", "--data-dir"),
        ("--zzz", ""),
    ],
)
def test_what_was_meant(name, meant):
    assert closest_name(name, ["--train.epochs", "--epochs", "--data-dir", *LEARNING_RATES.split(" or ")]) == meant


def test_commands_are_named_as_they_are_called(monkeypatch):
    text = "python train.py, python -m ms_gan.data.inspect, bash scripts/run_distribute_train.sh, infer.py"
    monkeypatch.setattr(sys, "argv", ["train.py"])
    assert as_called(text) == text
    monkeypatch.setattr(sys, "argv", ["/usr/bin/ms-gan-train"])
    assert as_called(text) == "ms-gan-train, ms-gan-inspect, ms-gan-launch, ms-gan-infer"
    assert as_called("run bash scripts/setup_env.sh gpu, now") == 'run pip install "ms_gan[gpu]", now'
    assert as_called("bash scripts/setup_env.sh") == "pip install ms_gan"


@pytest.mark.parametrize("module", COMMANDS)
@pytest.mark.parametrize("columns", [80, 120])
def test_helps_fit_the_screen_and_show_examples(module, columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    with pytest.raises(SystemExit) as stop:
        importlib.import_module(module).main(["--help"])
    text = capsys.readouterr().out
    assert (
        not stop.value.code and text.startswith(f"usage: {COMMANDS[module]} ") and "default: " in " ".join(text.split())
    )
    assert max(map(len, text.splitlines())) <= columns
    name = COMMANDS[module].removeprefix("python ")
    examples = text[text.index("\nexamples:\n") :]
    assert sum(line.startswith("  ") and name in line for line in examples.splitlines()) >= 3
