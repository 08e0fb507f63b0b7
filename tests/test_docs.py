"""The documentation against the code and against itself; nothing here starts MindSpore."""

import ast
import importlib
import re
from pathlib import Path

import pytest
import yaml

from ms_gan import tasks
from ms_gan.config.schema import leaves

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "ms_gan").rglob("*.py"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DOORS = {f"python {name}.py": f"ms_gan.cli.{name}" for name in ("train", "infer", "eval", "export")}
SCRIPTS = ("train", "infer", "eval", "export", "doctor")
DOORS |= {f"bash scripts/run_{name}.sh": f"ms_gan.cli.{name}" for name in SCRIPTS}
DOORS["bash scripts/run_inspect.sh"] = "ms_gan.data.inspect"


def name_of(path):
    return str(path.relative_to(ROOT))


def undocumented(node, where=""):
    """The public functions, classes and methods in a syntax tree that have no docstring.

    A cell's `construct` is described by its class, under Inputs and Outputs, as in MindSpore.
    """
    for child in node.body:
        if not isinstance(child, (ast.FunctionDef, ast.ClassDef)) or child.name.startswith("_"):
            continue
        if not ast.get_docstring(child) and child.name != "construct":
            yield f"{where}{child.name}"
        if isinstance(child, ast.ClassDef):
            yield from undocumented(child, f"{where}{child.name}.")


def test_what_is_undocumented_is_found():
    tree = ast.parse('class A:\n "a"\n def b(self): pass\n def construct(self): pass\n def _c(self): pass')
    assert list(undocumented(tree)) == ["A.b"]


def test_everything_public_has_a_docstring():
    missing = []
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        names = [*undocumented(tree), *([] if ast.get_docstring(tree) or not source.strip() else ["the module"])]
        missing += [f"{name_of(path)}: {name}" for name in names]
    assert not missing


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def links(text):
    """The targets of a page's links and pictures, in their order."""
    return re.findall(r"\]\(([^)\s]+)\)", without_code(text))


def anchors(path):
    """What a page's headings are called in links, as websites do it."""
    headings = re.findall(r"^#+ (.*)$", without_code(path.read_text(encoding="utf-8")), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    for link in links(page.read_text(encoding="utf-8")):
        target, _, anchor = link.partition("#")
        if target.startswith(("http:", "https:")):
            continue
        path = page if not target else (page.parent / target).resolve()
        assert path.exists(), link
        assert not anchor or anchor in anchors(path), link


def test_the_index_names_every_page():
    index = ROOT / "docs" / "README.md"
    named = {(index.parent / link).resolve() for link in links(index.read_text(encoding="utf-8"))}
    assert {page for page in PAGES if page.parent != ROOT} - {index} <= named


def pages_of(nav):
    """The files of a site's navigation, in their order."""
    for entry in nav:
        below = list(entry.values())[0] if isinstance(entry, dict) else entry
        yield from [below] if isinstance(below, str) else pages_of(below)


def test_the_site_has_every_page_once():
    docs = ROOT / "docs"
    *found, reference = pages_of(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])
    assert reference == "reference/index.html"
    assert (
        sorted(found) == sorted(str(page.relative_to(docs)) for page in docs.rglob("*.md")) and found[0] == "README.md"
    )


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_lines_are_short_enough_to_read_and_compare(page):
    lines = page.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 150 and not line.startswith("|")] == []


def blocks(text):
    """The contents of a page's fenced blocks that are commands, continued lines joined."""
    found = re.findall(r"^```(?:bash|sh)?\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [re.sub(r"\s*\\\n\s*", " ", block) for block in found]


def module_of(line):
    """The module whose `main` a line of a page starts, or None."""
    if line.startswith("python -m ms_gan."):
        return line.split()[2]
    return next((module for door, module in DOORS.items() if line.startswith(door)), None)


@pytest.fixture(scope="module")
def known():
    """Commands' options, by module: what --help lists, and for training also what it sums up."""
    configs = [tasks.find(name).config() for name in tasks.names()]
    return {"ms_gan.cli.train": {f"--{key}" for config in configs for key, *_ in leaves(config)}}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_have_the_options_that_pages_give_them(page, known, capsys):
    lines = "\n".join(blocks(page.read_text(encoding="utf-8"))).splitlines()
    for line in (line.split(" #")[0] for line in lines if module_of(line)):
        module = module_of(line)
        if "--help" not in known.setdefault(module, set()):
            with pytest.raises(SystemExit):
                importlib.import_module(module).main(["--help"])
            known[module].update(re.findall(r"--[a-z][\w.-]*", capsys.readouterr().out))
        given = {word.split("=")[0] for word in line.split() if re.match(r"--[a-z]", word)}
        assert given <= known[module], line


def untranslated(line):
    """What of a fenced line is the same in every language: a command without its comment, a listed file's name."""
    return re.split(r" +#|(?<=\S)  ", line)[0]


def shape(text):
    """What a page and its translation share: headings' levels, commands, links, rows of tables."""
    prose = without_code(text)
    return {
        "headings": re.findall(r"^#+(?= )", prose, re.MULTILINE),
        "commands": [[*map(untranslated, block.splitlines())] for block in blocks(text)],
        "links": sorted(links(text)),
        "rows": [line.count("|") for line in text.splitlines() if line.startswith("|")],
    }


def test_the_translation_keeps_step():
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README_CN.md"))
    expected, found = shape(english), shape(chinese)
    for part, value in expected.items():
        assert found[part] == value, f"README_CN.md differs from README.md in its {part}"
