from dataclasses import dataclass
from typing import Dict, List

from ms_gan.config.schema import option


@dataclass
class Options:
    names: List[str] = option(["a"], "names")
    sizes: Dict[str, int] = option({"a": 1}, "sizes by name")


def test_defaults_that_can_change_are_copied():
    first = Options()
    first.names.append("b")
    first.sizes["b"] = 2
    assert (Options().names, Options().sizes) == (["a"], {"a": 1})
