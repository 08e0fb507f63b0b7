import subprocess
import sys
from pathlib import Path

import pytest

from ms_gan.config import parser
from ms_gan.config.parser import find_config, make_parser, parse, read_yaml, write_yaml
from ms_gan.errors import UsageError
from ms_gan.tasks.latent import Config
from tests.refusals import refused


def read(*argv):
    return parse(make_parser(Config, "train.py", "", yaml_files=True), Config, list(argv))


def test_defaults_then_yaml_then_command_line(tmp_path):
    file = tmp_path / "recipe.yaml"
    file.write_text("recipe: other\ntrain: {epochs: 7, batch_size: 32}\n")
    config, given = read("--config", str(file), "--epochs", "9")
    assert (config.recipe, config.train.epochs, config.train.batch_size) == ("other", 9, 32)
    assert config.optimizer == Config().optimizer
    assert given == {"recipe": "other", "train.epochs": 9, "train.batch_size": 32}


def test_everyday_flags_are_the_long_options():
    config, _ = read("--batch-size", "8", "--data-dir", "x", "--ema.enabled", "false", "--generator.hidden", "[3,4]")
    assert config.train.batch_size == 8
    assert config.data.dir == "x"
    assert config.ema.enabled is False
    assert config.generator.hidden == [3, 4]


def test_the_case_of_a_name_does_not_matter(tmp_path):
    file = tmp_path / "loud.yaml"
    file.write_text("{mode: Graph, data: {source: MNIST}}")
    config, _ = read("--config", str(file), "--device", "gpu", "--procedure.objective=Hinge", "--recipe", "GPU")
    assert (config.mode, config.data.source) == ("graph", "mnist")
    assert (config.device, config.procedure.objective, config.recipe) == ("GPU", "hinge", "GPU")


@pytest.mark.parametrize(
    "argv, message",
    [
        (["--epoch", "4"], "unknown option --epoch; did you mean --epochs?"),
        (["--train.epochs", "many"], "train.epochs: 'many' is not allowed; allowed: a whole number 1 to 1000000"),
        (["--epochs", "0"], "train.epochs: 0 is out of range; allowed: 1 to 1000000"),
        (["--data.source", "mnits"], "data.source: 'mnits' is not allowed; allowed: mnist, fashion_mnist"),
        (["--regularise.augment", "[colour]"], "translation, cutout, blit, geometry, tint; did you mean color?"),
        (["--lr", "1"], "did you mean --optimizer.generator.lr or --optimizer.discriminator.lr?"),
        (["--epochs"], "--epochs: expected one argument; --help explains it"),
        (
            ["--config", "absent.yaml"],
            "--config absent.yaml: no such file, nor a recipe; recipes: advgan_mnist, ",
        ),
        (["--config", "gan_mnist_wied"], "; did you mean gan_mnist_wide?"),
        (["--config"], "--config: expected one argument"),
        (["--config", "no/such/file.yaml"], "no/such/file.yaml: cannot be read"),
    ],
)
def test_a_wrong_option_is_one_sentence(argv, message):
    with pytest.raises(UsageError, match=message) as error:
        read(*argv)
    assert "\n" not in str(error.value)


def test_a_recipe_is_found_by_name_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wide = Path(__file__).parents[2] / "configs" / "gan_mnist_wide.yaml"
    for name in ("gan_mnist_wide", "gan_mnist_wide.yaml", "configs/gan_mnist_wide.yaml"):
        assert find_config(name).samefile(wide)
        assert read("--config", name)[0].recipe == "gan_mnist_wide"
    Path("gan_mnist_wide").write_text("recipe: mine\n")
    assert read("--config=gan_mnist_wide")[0].recipe == "mine"


def test_recipes_lie_in_an_installed_package(tmp_path, monkeypatch):
    installed, clone = tmp_path / "ms_gan/configs", tmp_path / "configs"
    for folder in (clone, installed):
        folder.mkdir(parents=True)
        (folder / "own.yaml").write_text(f"recipe: {folder.parent.name}\n")
        (folder / f"{folder.parent.name}.yaml").write_text("")
    monkeypatch.setattr(parser, "RECIPES", (installed, clone))
    assert read("--config", "own")[0].recipe == "ms_gan"
    with refused("--config", says="no such file, nor a recipe; recipes: ms_gan, own$"):
        find_config("other")


@pytest.mark.parametrize(
    "text, message",
    [
        ("seed: 1\nmode: graph\nseed: 2", "'seed' is set in line 1 and again in line 3"),
        ("train: {epoch: 3}", "unknown option train.epoch; did you mean train.epochs?"),
        ("train: {epochs: [", "parsing"),
        ("- 1\n- 2", "mapping|Unexpected config"),
        ("train: 3", "train: 3 is a single value"),
        ("optimizer: {lr: 1e-3}", "unknown option optimizer.lr; did you mean optimizer.generator.lr or "),
        ("data: {source: mnits}", "data.source: 'mnits' is not allowed; .*; did you mean mnist?"),
    ],
)
def test_a_wrong_yaml_file_is_one_sentence(tmp_path, text, message):
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=message) as error:
        read("--config", str(file))
    assert "\n" not in str(error.value)
    with pytest.raises(UsageError, match="wrong.yaml"):
        read_yaml(Config, file)


def test_what_says_nothing_sets_nothing(tmp_path):
    file = tmp_path / "mine.yaml"
    for text in ("", "# later\n", "train:\n", "---\n"):
        file.write_text(text)
        assert read("--config", str(file)) == (Config(), {})
    file.write_text("")
    with refused(code="damaged"):  # a run's, which nobody left so
        read_yaml(Config, file)


def test_yaml_round_trip(tmp_path):
    config, _ = read("--seed", "5", "--optimizer.generator.lr", "1e-3", "--generator.hidden", "[]", "--output", "a b")
    file = tmp_path / "config.yaml"
    file.write_text(write_yaml(config))
    assert read_yaml(Config, file) == config


def test_options_are_checked_before_mindspore_and_numpy_are_imported():
    code = (
        "import sys; from ms_gan.cli.train import main; code = main(['--epochs', '0']);"
        # Threads that numpy starts must inherit which signals are blocked.
        "sys.exit(10 if {'mindspore', 'numpy'} & sys.modules.keys() else code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "error: train.epochs: 0 is out of range; allowed: 1 to 1000000\n"


def test_print_config_is_a_config(capsys, tmp_path):
    with pytest.raises(SystemExit) as stop:
        read("--print_config", "--seed", "4")
    assert not stop.value.code
    file = tmp_path / "printed.yaml"
    file.write_text(capsys.readouterr().out)
    assert read_yaml(Config, file) == Config(seed=4)


def test_help_names_ranges_and_defaults(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        read("--help")
    text = capsys.readouterr().out
    assert "(1 to 1000000; default: 200)" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80
    # What two networks have alike is shown once.
    assert "--optimizer.generator.lr" in text and "--optimizer.discriminator.lr" not in text
    assert "optimizer.discriminator.* are the same as optimizer.generator.*" in text


@pytest.mark.parametrize(
    "text", ["a: &a [x]\nb: [*a, *a]", "recipe: !!python/name:os.system", "[" * 90_000, "x" * 100_001]
)
def test_a_yaml_file_that_could_do_harm_is_one_sentence(tmp_path, text):
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    for way in (lambda: read("--config", str(file)), lambda: read_yaml(Config, file)):
        with pytest.raises(UsageError, match="wrong.yaml: ") as error:
            way()
        assert str(error.value).isprintable() and len(str(error.value)) < 500


def test_a_yaml_file_that_never_ends_is_not_read_to_its_end():
    with refused(code="malformed"):
        read_yaml(Config, "/dev/zero")


def test_a_tilde_is_the_home_folder_on_the_command_line_and_in_files(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.yaml").write_text("output: ~/runs/b\ndata: {dir: ~/photos}\nmetrics: {features: ~/net.onnx}\n")
    options, given = read("--config", "~/mine.yaml", "--output=~/runs/a")
    assert options.output == given["output"] == str(tmp_path / "runs/a")
    assert options.data.dir == given["data.dir"] == str(tmp_path / "photos")
    assert options.metrics.features == str(tmp_path / "net.onnx")
