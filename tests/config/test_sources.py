import contextlib
import re
import shlex
from pathlib import Path

import pytest

from ms_gan.cli.train import read_options
from ms_gan.config.parser import write_yaml
from ms_gan.config.schema import leaves, unread
from ms_gan.errors import UsageError
from ms_gan.tasks.latent import Config
from tests.conftest import TINY_FLAGS
from tests.refusals import refused
from tests.test_docs import PAGES, blocks, module_of

ROOT = Path(__file__).parents[2]
RECIPES = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))


def read(*argv):
    return read_options(list(argv))[0]


def printed(capsys, *argv):
    with pytest.raises(SystemExit):
        read_options([*argv, "--print_config"])
    return capsys.readouterr().out


@pytest.fixture
def begun(tmp_path):
    """Makes the folder of a run that was begun with some options."""

    def begun(*argv):
        folder = tmp_path / "run"
        folder.mkdir(exist_ok=True)
        (folder / "config.yaml").write_text(write_yaml(read(*argv)))
        return str(folder)

    return begun


@pytest.mark.parametrize(
    "argv, told",
    [
        (["--config", "dcgan_64", "--generator.hidden", "[3]"], "generator.hidden: [3] .* generator.name mlp;"),
        (["--config", "dcgan_64", "--generator.batch_norm", "no"], "batch_norm: false .* generator.name mlp;"),
        (["--config", "dcgan_64", "--generator.slope", "0.3"], "generator.slope: 0.3 .* generator.name mlp or cnn;"),
        (["--config", "dcgan_64", "--discriminator.dropout", "0.5"], "needs discriminator.name cnn;"),
        (["--generator.kernel", "6"], "generator.kernel: 6 .* generator.name dcgan or cnn;"),
        (["--regularise.every", "4"], "regularise.gradient_penalty, regularise.r1 or regularise.r2 above 0;"),
        (["--regularise.instance_noise_steps", "9"], "needs regularise.instance_noise above 0;"),
        (["--optimizer.generator.rho", "0.8"], "needs optimizer.generator.name rmsprop;"),
        (["--optimizer.generator.name", "rmsprop", "--optimizer.generator.beta1", "0"], "generator.name adam;"),
        (["--optimizer.generator.hold", "0"], "needs optimizer.generator.schedule linear or cosine;"),
        (["--ema.enabled", "false", "--ema.decay", "0.9"], "ema.decay: 0.9 .* ema.enabled true;"),
        (["--metrics.every", "0", "--metrics.samples", "500"], "needs metrics.every above 0;"),
        (["--data.background", "black"], "needs data.source folder;"),
        (
            ["--data.source", "synthetic", "--data-dir", "x"],
            "data.source mnist, fashion_mnist, cifar10, stacked_mnist or folder;",
        ),
    ],
)
def test_what_is_set_in_vain_is_refused(argv, told):
    with pytest.raises(UsageError, match=told.replace("[3]", r"\[3\]")) as caught:
        read(*argv)
    assert " has no effect here; " in str(caught.value)


def test_a_file_is_refused_for_it_too(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("generator: {name: dcgan, hidden: [3]}\n")
    with refused("generator.hidden"):
        read("--config", str(file))
    # What the command line makes of it counts.
    assert read("--config", str(file), "--generator.name", "mlp").generator.hidden == [3]


def test_what_a_later_choice_makes_useless_is_no_mistake():
    config = read("--config", "gan_mnist_plain", "--generator.name", "dcgan", "--data.image_size", "32")
    assert config.generator.name == "dcgan"
    # What nobody reads is as if nobody had set it, so that config.yaml is accepted as a file of options.
    assert config.generator.hidden == Config().generator.hidden


def test_a_default_may_be_named_anywhere():
    read("--ema.enabled", "false", "--ema.decay", "0.999", "--optimizer.generator.rho", "0.9")


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipes_set_nothing_in_vain(recipe, capsys, tmp_path):
    config = read("--config", recipe)
    defaults = {key: value for key, _, value in leaves(type(config)())}
    assert all(value == defaults[key] for key, _, value in leaves(config) if key in unread(config))
    file = tmp_path / "printed.yaml"
    file.write_text(printed(capsys, "--config", recipe))
    assert read("--config", str(file)) == config


def test_a_run_is_resumed_whatever_its_file_holds(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    config = Config()
    config.generator.name, config.generator.hidden, config.optimizer.generator.rho = "dcgan", [3], 0.5
    (folder / "config.yaml").write_text(write_yaml(config))
    assert read("--resume", str(folder)).generator.hidden == [3]
    # Its own flags, given again.
    assert read("--resume", str(folder), "--generator.hidden", "[3]", "--optimizer.generator.rho", "0.5") == config
    with refused("metrics.samples"):
        read("--resume", str(folder), "--metrics.every", "0", "--metrics.samples", "500")


def test_a_resumed_run_is_asked_what_it_reads(begun):
    folder = begun("--config", "dcgan_64", "--data-dir", "/photos")
    assert read("--resume", folder, "--data.max_unreadable", "0.5").data.max_unreadable == 0.5


def commands():
    for page in PAGES:
        for line in "\n".join(blocks(page.read_text(encoding="utf-8"))).splitlines():
            if module_of(line) == "ms_gan.cli.train":
                yield re.sub(r"^(python train.py|bash scripts/run_train.sh)", "", line.split(" #")[0].split(" > ")[0])


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_commands_of_the_pages_set_nothing_in_vain(command, begun, monkeypatch):
    # A run that a page goes on with is another page's, or the reader's.
    argv = [word for word in shlex.split(command) if word != "$run"]
    if "--resume" in argv:
        argv[argv.index("--resume") + 1] = begun()
    monkeypatch.chdir(ROOT)
    argv = [word.replace("mine.yaml", "configs/gan_mnist.yaml") for word in argv]
    with contextlib.suppress(SystemExit):  # after --help
        read_options(argv)


@pytest.mark.parametrize(
    "argv, length",
    [
        (["--steps", "500"], (500, 200)),
        (["--steps", "500", "--epochs", "50"], (None, 50)),
        (["--epochs", "50", "--steps", "500"], (500, 200)),
        (["--train.steps=500", "--epochs", "9", "--train.epochs=50"], (None, 50)),
        (["--epochs", "50", "--steps", "500", "--epochs", "60"], (None, 60)),
        (["--epochs", "50", "--steps", "null"], (None, 50)),
        (["--config", "dcgan_cifar10_frog"], (10000, 200)),
        (["--config", "dcgan_cifar10_frog", "--epochs", "3"], (None, 3)),
        (["--config", "dcgan_cifar10_frog", "--config", "gan_mnist"], (None, 200)),
        (["--config", "gan_mnist", "--config", "dcgan_cifar10_frog"], (10000, 200)),
    ],
)
def test_of_epochs_and_steps_the_later_one_counts(argv, length):
    train = read(*argv).train
    assert (train.steps, train.epochs) == length


def test_a_resumed_run_takes_either(begun):
    folder = begun("--steps", "500")
    train = read("--resume", folder, "--epochs", "50").train
    assert (train.steps, train.epochs) == (None, 50)
    folder = begun("--epochs", "50")
    train = read("--resume", folder, "--steps", "500").train
    assert (train.steps, train.epochs) == (500, 200)
    assert read("--resume", folder, "--max-hours", "1").train.epochs == 50


def test_one_file_with_both_is_refused(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("train: {epochs: 50, steps: 500}\n")
    with refused("train.steps", says="mine.yaml: train.steps: 500 replaces train.epochs"):
        read("--config", str(file))
    file.write_text("train: {batch_size: 64, local_batch_size: 8}\n")
    with refused("train.local_batch_size"):
        read("--config", str(file))


def test_the_command_line_wins_over_the_batch_of_a_file(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("train: {local_batch_size: 8}\n")
    train = read("--config", str(file), "--batch-size", "64").train
    assert (train.batch_size, train.local_batch_size) == (64, None)
    file.write_text("train: {batch_size: 64}\n")
    assert read("--config", str(file), "--local-batch-size", "8").train.local_batch_size == 8


def test_a_run_is_resumed_with_a_printed_file(begun, capsys, tmp_path):
    flags = ["--data-dir", str(tmp_path), "--max-hours", "2", *TINY_FLAGS[:2]]
    file = tmp_path / "mine.yaml"
    file.write_text(printed(capsys))
    folder = begun(*flags)
    config = read("--config", str(file), "--resume", folder)
    assert (config.data.dir, config.train.max_hours) == (str(tmp_path), 2)
    # A file may unset what one before it sets.
    other = tmp_path / "other.yaml"
    other.write_text("data: {limit: 40}\n")
    assert read("--config", str(other), "--config", str(file)).data.limit is None
    assert read("--config", str(file), "--config", str(other)).data.limit == 40
    assert read("--config", str(other), "--data.limit", "null").data.limit is None


def test_a_run_is_resumed_with_its_own_file(begun, tmp_path):
    folder = begun("--output", str(tmp_path / "run"))
    assert read("--config", f"{folder}/config.yaml", "--resume", folder)
    with refused("--output"):
        read("--output", str(tmp_path / "elsewhere"), "--resume", folder)
