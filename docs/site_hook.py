"""A hook of mkdocs: what pages link to outside docs/ is part of the site too.

Pages of the folder above, such as ARCHITECTURE.md, become pages of the site; other files are copied as they are. They
stand in `above/`, and links in both directions are turned to where their targets are.
"""

import os
import posixpath
import re
from pathlib import Path

from mkdocs.structure.files import File

ABOVE = "above"  # the folder of the site
TARGET = re.compile(r"(\]\()([^)\s#:]+)((?:#[^)\s]*)?\))")


def on_files(files, config):
    """Adds the pages and files above docs/ that are linked to, and those that they link to in turn."""
    docs = Path(config.docs_dir)
    waiting = [Path(docs, file.src_uri) for file in files.documentation_pages()]
    known = set(waiting)
    while waiting:
        page = waiting.pop()
        for _, link, _ in TARGET.findall(page.read_text(encoding="utf-8")):
            target = Path(os.path.normpath(page.parent / link))
            if target in known or not target.is_file() or target.is_relative_to(docs):
                continue
            known.add(target)
            files.append(File.generated(config, _place(target, docs), abs_src_path=str(target)))
            if target.suffix == ".md":
                waiting.append(target)
    return files


def on_page_markdown(markdown, page, config, files):
    """Turns the links of a page, in docs/ or above it, to where their targets stand in the site."""
    docs = Path(config.docs_dir)
    source = Path(page.file.abs_src_path)

    def turned(found):
        target = Path(os.path.normpath(source.parent / found[2]))
        if not target.exists():
            return found[0]
        place = _place(target, docs)
        return found[1] + posixpath.relpath(place, posixpath.dirname(page.file.src_uri) or ".") + found[3]

    return TARGET.sub(turned, markdown)


def _place(target, docs):
    """Where a file of the project is in the site's source, with slashes."""
    if target.is_relative_to(docs):
        return target.relative_to(docs).as_posix()
    return posixpath.join(ABOVE, target.relative_to(docs.parent).as_posix())
