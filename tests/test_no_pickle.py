"""Nothing that this project reads can run code: no pickle, no unsafe YAML, no shell, no plain http."""

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = sorted((ROOT / "ms_gan").rglob("*.py"))
OTHERS = sorted([*(ROOT / "benchmarks").glob("*.py"), *(ROOT / "scripts").glob("*.py"), *ROOT.glob("*.py")])
# Modules that unpickle what they read, and those that believe what a file says of its own size.
MODULES = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "tarfile", "xml", "xmlrpc"}
CALLS = {
    "eval", "exec", "compile", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load", "yaml.full_load",
    "ms.load_checkpoint", "mindspore.load_checkpoint", "load_checkpoint", "np.fromfile", "np.loadtxt", "np.genfromtxt",
}  # fmt: skip


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def offences(path, strict):
    """What a source does that it should not: (line, what)."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    yield from ((0, f"imports {name}") for name in set(imported(tree)) & MODULES if strict)
    yield from ((0, "speaks http") for _ in re.finditer(r"http://(?!127\.0\.0\.1)", text))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name, options = ast.unparse(call.func), {part.arg: ast.unparse(part.value) for part in call.keywords}
        if strict and name in CALLS:
            yield call.lineno, f"calls {name}"
        if options.get("shell", "False") != "False" or options.get("verify", "True") != "True":
            yield call.lineno, "uses a shell, or believes any website"
        if name in ("np.load", "numpy.load") and options.get("allow_pickle", str(strict)) != "False":
            yield call.lineno, "np.load may unpickle"


def test_no_source_reads_what_could_run():
    found = {str(path): list(offences(path, strict=path in PACKAGE)) for path in [*PACKAGE, *OTHERS]}
    assert len(PACKAGE) > 80 and not {path: what for path, what in found.items() if what}


def test_offences_are_seen(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text(
        "import pickle\nfrom tarfile import open\nyaml.load(x)\nnp.load(f)\nrun(x, shell=True)\nurl = 'http://x'\n"
    )
    assert len(list(offences(path, strict=True))) == 6


READERS = """
import sys
import ms_gan.cli.train, ms_gan.cli.infer, ms_gan.cli.eval, ms_gan.cli.export
import ms_gan.data, ms_gan.config.parser, ms_gan.generators.card
print([name for name in ("mindspore", "torch", "joblib", "dill", "onnxruntime") if name in sys.modules])
"""


def test_what_reads_options_and_data_loads_nothing_that_unpickles():
    done = subprocess.run([sys.executable, "-c", READERS], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
