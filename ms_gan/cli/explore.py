"""explore: a page on this machine that shows what a generator makes of its latents, or of pictures."""

import logging
import secrets
import sys
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Optional

from ms_gan.cli.command import check_checkpoint, data_options
from ms_gan.config.device_names import device_name
from ms_gan.config.parser import make_parser, parse
from ms_gan.config.schema import option
from ms_gan.errors import UsageError
from ms_gan.extras import need
from ms_gan.runtime.run_command import run_command
from ms_gan.runtime.signals import Signals
from ms_gan.zoo.entries import located

EXAMPLES = """\
  python -m ms_gan.cli.explore --ckpt runs/gan_mnist-20250101-1 --open
  python -m ms_gan.cli.explore --ckpt generator.mindir --port 8000"""

DIRECTIONS = ("ab", "ba")
EXAMPLES_SHOWN = 12  # held-out pictures to begin with


@dataclass
class ExploreOptions:
    """What explore takes."""

    ckpt: Optional[str] = option(None, "a run folder, a .ckpt, .mindir or .onnx file, or zoo:NAME", spelling=located)
    port: int = option(0, "port of this machine at which the page is served; 0: any free one", 0, 65535)
    device: str = option("auto", "where to run", spelling=device_name)


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_explore, argv)


def _explore(argv: List[str]) -> int:
    parser = make_parser(
        ExploreOptions, "python -m ms_gan.cli.explore", "Explore on a local page what a generator makes.", EXAMPLES
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    options, given = parse(parser, ExploreOptions, argv)
    check_checkpoint(options.ckpt)
    need("the explorer", "explore", "flask", "waitress")

    with Signals():
        _serve(options, bool(given.get("open")))
    return 0


def _serve(options: ExploreOptions, opens: bool) -> None:
    from ms_gan import runtime

    runtime.start(options.device)
    from ms_gan.explorer.server import create_app

    studio = _studio(Path(options.ckpt))
    studio.warm_up()
    token = secrets.token_urlsafe(24)
    server = _listen(create_app(studio, token), options.port)
    address = f"http://127.0.0.1:{server.effective_port}/{token}/"
    print(f"explore {options.ckpt} at\n  {address}\nCtrl-C stops the server", flush=True)
    if opens:
        webbrowser.open(address)
    server.run()  # returns at Ctrl-C
    print("ended")


def _studio(path: Path) -> Any:
    """What the page asks: generators of latents, of maps or of pictures, of these for each direction that a run has."""
    from ms_gan.data.unseen import unseen
    from ms_gan.explorer.picture_studio import PictureStudio
    from ms_gan.explorer.studio import Studio
    from ms_gan.generators.painter import Painter
    from ms_gan.generators.sampling import open_generator

    opened = open_generator(path)
    if opened.card.port("map"):
        return Painter(opened)
    if opened.card.kind != "image":
        return Studio(opened)
    both = path.is_dir() and all((path / f"generator_{direction}.ckpt").is_file() for direction in DIRECTIONS)
    found = {direction: open_generator(path, direction) for direction in DIRECTIONS} if both else {"": opened}
    held = unseen(path if path.is_dir() else path.parent)
    examples = {
        direction: [] if held is None else held.pictures(one.card.network, EXAMPLES_SHOWN)
        for direction, one in found.items()
    }
    return PictureStudio(found, data_options(path), examples)


def _listen(app: Any, port: int) -> Any:
    """A server that only this machine can reach.

    Raises:
        UsageError: the port is in use, or this user may not open it.
    """
    from waitress import create_server

    # One thread calls MindSpore; a browser that sends several requests at once is no cause for a warning.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        return create_server(app, host="127.0.0.1", port=port, threads=1, ident=None)
    except OSError as error:
        raise UsageError(f"port: {port} cannot be used ({error.strerror}); choose another one or omit --port") from None


if __name__ == "__main__":
    sys.exit(main())
