"""What a test holds on to when something is refused or fails: an option or a code, not the words of a sentence."""

import contextlib
import re

import pytest

from ms_gan.errors import GanError, UsageError


@contextlib.contextmanager
def refused(option="", *, code="", says=""):
    """Expects a UsageError (exit code 2) about this option, or of this code where it begins with no option.

    Args:
        option: such as "train.batch_size", "--ckpt", "labels", "MS_GAN_DATA".
        code: one of ms_gan.errors.CODES.
        says: a pattern of the sentence, in the one test that checks its words.

    Yields:
        what pytest.raises does.
    """
    with _ends_with(UsageError, 2, option, code, says) as caught:
        yield caught


@contextlib.contextmanager
def failed(code="", *, option="", says=""):
    """Expects a GanError that is no UsageError (exit code 1), as `refused` does."""
    with _ends_with(GanError, 1, option, code, says) as caught:
        yield caught


@contextlib.contextmanager
def _ends_with(kind, exit_code, option, code, says):
    assert option or code, "what should the error be about?"
    with pytest.raises(kind) as caught:
        yield caught
    error, sentence = caught.value, str(caught.value)
    assert (error.option, error.code, error.exit_code) == (option, code, exit_code), sentence
    assert len(sentence.splitlines()) == 1 and re.search(says, sentence), sentence
