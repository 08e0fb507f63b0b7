"""The two ways in which a command of this project ends badly, and what a program can tell them apart by."""

import re
from typing import Optional

CODES = {
    "damaged": "a file is truncated, was changed, or is of another kind than it should be",
    "diverged": "there are NaN or infinite numbers where numbers should be",
    "few": "too few images, samples or pixels for what is computed of them",
    "inexact": "an exported file computes other images than its source",
    "malformed": "a text that someone wrote has not the form that it should have: YAML, JSON, a question",
    "mismatch": "two things do not belong together, such as images and labels, or a file and a network",
    "missing": "a file or a folder is not there",
    "network": "a download failed",
    "space": "a disk has too little room",
    "taken": "another process uses the folder",
    "uninstalled": "a package or a program is not installed, or cannot be loaded",
    "unreadable": "the system does not let a file or a folder be read, or pictures in it cannot be decoded",
    "unsupported": "nothing here can do it, such as a layer without a rule for its export",
    "unwritable": "the system does not let a file or a folder be written",
    "workers": "workers of one training have lost each other, or do not fit each other",
}
_FLAG = re.compile(r"(?:unknown option )?(?:-\w/)?(--[a-z][\w.-]*|[A-Z]+(?:_[A-Z]+)+(?=:))")
_KEY = re.compile(r"(?:unknown option )?([a-z]\w*(?:\[\d+\]|\.\w+)*)(?=:|;| is set )")


class GanError(Exception):
    """Something failed while the command ran: one sentence for the person, exit code 1.

    Args:
        sentence: what was wrong, what is allowed, what to do.
        code: what failed, one of CODES, where the sentence begins with no option, or with a file.
        option: where the sentence repeats another error's behind a file's name, that error's option.

    Attributes:
        option: what the sentence begins with: "train.batch_size", "--ckpt", a field such as "labels", "MS_GAN_DATA"; ""
            where it begins with none of them.
        code: the code, or "".
    """

    exit_code = 1

    def __init__(self, sentence: str, *, code: str = "", option: Optional[str] = None):
        super().__init__(sentence)
        self.code = code
        self.option = _option(sentence, code) if option is None else option


class UsageError(GanError):
    """The command was asked for something it cannot do: one sentence for the person, exit code 2."""

    exit_code = 2


def _option(sentence: str, code: str) -> str:
    """The option, field or variable that a sentence begins with.

    Beside a code only a flag or a variable is: a file's name, as in "photos.zip: ", looks like a field.
    """
    found = _FLAG.match(sentence) or (None if code else _KEY.match(sentence))
    return found.group(1) if found else ""


def first_line(error: BaseException) -> str:
    """What an error says, cut to its first line and 300 printable characters; its kind where it says nothing."""
    line = next(iter(str(error).splitlines()), type(error).__name__)
    return "".join(character if character.isprintable() else "?" for character in line[:300])
