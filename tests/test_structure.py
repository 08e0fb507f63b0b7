"""The package as ARCHITECTURE.md draws it: arrows go down only, no loose modules, small files and functions.

Every import counts, also one within a function.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "ms_gan"
# From the ground up: a room imports from itself and from those before it.
ROOMS = (
    "errors", "files", "extras", "config", "seeds", "tasks", "formats", "models", "runtime", "pictures", "data",
    "generators", "runs", "metrics", "classifiers", "attacks", "report", "training", "systems", "export",
    "explorer", "zoo", "cli",
)  # fmt: skip
LOOSE = {"__init__", "errors", "extras", "files", "seeds"}
FILE_LINES, FUNCTION_LINES = 300, 60
ARRAYS = re.compile(r"\b(np\.ndarray|ms\.Tensor)\b")
AXES = "N|C|H|W|n|count|steps|width|rows|samples|looks|classes|size|side|d"
SHAPE = re.compile(rf"\([^()]*\b({AXES}|\d+)\b[^()]*\)|scalar|shape")

FILES = sorted(PACKAGE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def room_of(name):
    """The room of a dotted name below ms_gan; "" for the package itself."""
    return name.split(".")[1] if "." in name else ""


def imports(path):
    """The dotted names of this package that a file imports."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "ms_gan":
            yield from ([f"ms_gan.{one.name}" for one in node.names] if node.module == "ms_gan" else [node.module])
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.split(".")[0] == "ms_gan")


def test_arrows_go_down_only():
    upwards = []
    for path in FILES:
        own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for name in imports(path):
            target = room_of(name)
            if own != "__init__" and target in ROOMS and target != own and ROOMS.index(target) > ROOMS.index(own):
                upwards.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not upwards


def test_the_rooms_are_those_of_the_drawing():
    assert {path.stem for path in PACKAGE.glob("*.py")} == LOOSE, "a new loose module: give it a room"
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders | (LOOSE - {"__init__"}) == set(ROOMS)
    drawing = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert all(re.search(rf"\b{room}\b", drawing) for room in ROOMS)


def functions(path):
    """Every function of a file with its dotted name, whether it is public, and its class."""

    def below(node, names, owner):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                yield from below(child, [*names, child.name], child)
            elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield ".".join([*names, child.name]), child, owner
                yield from below(child, [*names, child.name], None)

    yield from below(TREES[path], [], None)


@pytest.mark.parametrize("folder", ["ms_gan", "benchmarks", "tests", "scripts"])
def test_files_and_functions_are_short(folder):
    long = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        TREES.setdefault(path, ast.parse(text))
        if text.count("\n") > FILE_LINES:
            long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for name, node, _ in functions(path):
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES:
                long.append(f"{path.relative_to(ROOT)}: {name}: {lines} lines")
    assert not long


def test_public_functions_of_arrays_tell_their_shapes():
    silent = []
    for path in FILES:
        for name, node, owner in functions(path):
            if any(part.startswith("_") for part in name.split(".")) or (owner is None and "." in name):
                continue
            about = ast.get_docstring(node) or ""
            if owner is not None and node.name == "construct":
                about = ast.get_docstring(owner) or ""
                takes = True
            else:
                takes = ARRAYS.search(ast.unparse(node.args) + " " + ast.unparse(node.returns or ast.Constant("")))
            if takes and not SHAPE.search(about + " " + (ast.get_docstring(owner) or "" if owner else "")):
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {name}")
    assert not silent
