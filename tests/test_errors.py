"""Errors carry the option or the code that they are about."""

import ast
import pickle
from pathlib import Path

import pytest

import ms_gan
from ms_gan.errors import CODES, GanError, UsageError, first_line
from tests.refusals import failed, refused


@pytest.mark.parametrize(
    "sentence, option",
    [
        ("train.batch_size: 0 is out of range; allowed: 1 to 1024", "train.batch_size"),
        ("--ckpt: is missing", "--ckpt"),
        ("--ckpt /a folder/x.ckpt: no such file", "--ckpt"),
        ("--local-batch-size cannot be combined with --batch-size; remove one of them", "--local-batch-size"),
        ("--data.a, --data.b: two folders are needed", "--data.a"),
        ("-n/--num: expected one argument; --help explains it", "--num"),
        ("MS_GAN_DATA: /nowhere does not exist", "MS_GAN_DATA"),
        ("labels: is missing", "labels"),
        ("inputs[0].role: wrong is not allowed", "inputs[0].role"),
        ("train.steps is set in line 1 and again in line 3; remove one of them", "train.steps"),
        ("unknown option --sid; did you mean --side?", "--sid"),
        ("unknown option train.step; did you mean train.steps?", "train.step"),
        ("give a run folder, or several after --compare", ""),
        ("/somewhere/x.yaml: is empty", ""),
        ("MNIST: no such thing", ""),
        ("", ""),
    ],
)
def test_the_option_is_what_the_sentence_begins_with(sentence, option):
    error = UsageError(sentence)
    assert (str(error), error.option, error.code, error.exit_code) == (sentence, option, "", 2)


def test_beside_a_code_a_file_is_no_option_and_a_flag_is_one():
    assert GanError("photos.zip: cannot be read", code="damaged").option == ""
    error = pickle.loads(pickle.dumps(GanError("--mask a.png: cannot be read", code="damaged")))
    assert (error.option, error.code, error.exit_code) == ("--mask", "damaged", 1)
    assert UsageError("mine.yaml: seed: -1 is out of range", option="seed").option == "seed"


def test_every_code_is_listed_and_raised_somewhere():
    raised = set()
    for path in Path(ms_gan.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                codes = [word.value for word in node.keywords if word.arg == "code"]
                raised.update(code.value for code in codes if isinstance(code, ast.Constant))
    assert raised == set(CODES) and all(code.isalpha() for code in CODES)


@pytest.mark.parametrize(
    "error",
    [
        GanError("seed: is missing"),
        UsageError("size: is missing"),
        UsageError("seed: is missing", code="damaged", option="seed"),
        UsageError("seed: is\nmissing"),
        UsageError("seed: was lost"),
    ],
)
def test_the_helper_of_the_tests_notices_another_error(error):
    with refused("seed", says="is missing"):
        raise UsageError("seed: is missing")
    with failed("damaged"):
        raise GanError("x.png: is no picture", code="damaged")
    with pytest.raises((AssertionError, GanError)), refused("seed", says="is missing"):
        raise error


def test_the_first_line_is_printable_and_short():
    assert first_line(ValueError("a\x1b\nb")) == "a?" and first_line(KeyError()) == "KeyError"
    assert len(first_line(ValueError("x" * 999))) == 300
