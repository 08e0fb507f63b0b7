"""The two ways in which a command of this project ends badly."""


class GanError(Exception):
    """Something failed while the command ran: one sentence for the person, exit code 1."""

    exit_code = 1


class UsageError(GanError):
    """The command was asked for something it cannot do: one sentence for the person, exit code 2."""

    exit_code = 2


def first_line(error: BaseException) -> str:
    """What an error says, cut to its first line and 300 printable characters; its kind where it says nothing."""
    line = next(iter(str(error).splitlines()), type(error).__name__)
    return "".join(character if character.isprintable() else "?" for character in line[:300])
