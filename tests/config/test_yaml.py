import time
from dataclasses import dataclass, field
from typing import List, Literal, Optional, Union

import pytest

from ms_gan.config.schema import option
from ms_gan.config.yaml import flat_options, parse_yaml
from ms_gan.errors import UsageError


@dataclass
class Inner:
    rate: float = option(1.0, "a number", 0.0, 10.0)
    sizes: List[int] = option([1], "whole numbers", 1, 9)
    names: Optional[List[Union[int, str]]] = option(None, "numbers or names")


@dataclass
class Options:
    kind: Literal["a", "b"] = option("a", "a choice")
    count: Optional[int] = option(None, "a whole number", 1)
    on: bool = option(False, "a switch")
    text: str = option("", "a text")
    inner: Inner = field(default_factory=Inner)


def test_values_are_taken_as_they_are_and_keys_may_be_dotted():
    tree = {"kind": "b", "count": None, "on": True, "inner": {"sizes": [], "names": ["x", 3]}, "inner.rate": 2}
    found = flat_options(Options, tree)
    assert found == {
        "kind": "b", "count": None, "on": True, "inner.sizes": [], "inner.names": ["x", 3], "inner.rate": 2.0,
    }  # fmt: skip
    assert type(found["inner.rate"]) is float


def test_a_float_without_a_point_is_text_to_yaml_and_a_number_here():
    assert flat_options(Options, parse_yaml(b"inner: {rate: 1e-4}")) == {"inner.rate": 1e-4}


def test_a_group_may_be_bare_and_a_text_empty():
    assert flat_options(Options, parse_yaml(b"inner:\ncount: 3\n")) == {"count": 3}
    assert flat_options(Options, parse_yaml(b"")) == flat_options(Options, parse_yaml(b"# nothing yet\n")) == {}


@pytest.mark.parametrize(
    "text, says",
    [
        (b"on: true\ncount: 1\non: false\n", "'on' is set in line 1 and again in line 3"),
        (b"inner:\n  rate: 1\n  rate: 2\n", "'inner.rate' is set in line 2 and again in line 3"),
        (b"inner: {rate: 1}\ninner: {sizes: [2]}\n", "'inner' is set in line 1 and again in line 2"),
        (b"inner.rate: 1\ninner:\n  sizes: [1]\n  rate: 2\n", "'inner.rate' is set in line 1 and again in line 4"),
        (b"{on: true, 'on': false}", "'on' is set in line 1 and again in line 1"),
        (b'"\\e[2J": 1\n"\\e[2J": 2', r"x1b\[2J' is set in line 1 and again in line 2"),
    ],
)
def test_a_key_that_stands_twice_is_refused_with_both_lines(text, says):
    with pytest.raises(UsageError, match=says) as caught:
        parse_yaml(text)
    assert str(caught.value).isprintable()


def test_the_same_name_in_two_groups_is_no_repetition():
    assert parse_yaml(b"a: {x: 1, a: 2}\nb: {x: 1}\nx: 3\n") == {"a": {"x": 1, "a": 2}, "b": {"x": 1}, "x": 3}


@pytest.mark.parametrize(
    "tree, says",
    [
        ([], "not a mapping"),
        ({"kind": "c"}, "kind: 'c' is not allowed; allowed: a, b"),
        ({"kind": ["a"]}, "kind: .* is not allowed"),
        ({"count": 1.0}, "count: 1.0 is not allowed; allowed: a whole number 1 or more"),
        ({"count": True}, "count: True is not allowed"),
        ({"count": 10**400}, "count: a number with too many digits is not allowed"),
        ({"on": 1}, "on: 1 is not allowed; allowed: true or false"),
        ({"text": None}, "text: None is not allowed; allowed: text"),
        ({"inner": 3}, "inner: 3 is a single value; it should be a group of options"),
        ({"inner": {"rate": float("nan")}}, "inner.rate: nan is not allowed; allowed: a number 0 to 10"),
        ({"inner": {"rate": float("inf")}}, "inner.rate: inf is not allowed"),
        ({"inner": {"rate": "1e999"}}, "inner.rate: '1e999' is not allowed"),
        ({"inner": {"sizes": [1, "2"]}}, "inner.sizes: .* is not allowed; allowed: a list such as"),
        ({"inner": {"names": [[]]}}, "inner.names: .* is not allowed"),
        ({"cuont": 3}, "unknown option cuont; did you mean count?"),
        ({3: 3}, "unknown option 3"),
        ({"x" * 10_000: 3}, "unknown option x+...x+; "),
        ({"\x1b[2J": 3}, r"unknown option \\x1b\[2J"),
    ],
)
def test_a_wrong_tree_is_one_short_sentence(tree, says):
    with pytest.raises(UsageError, match=says) as caught:
        flat_options(Options, tree)
    assert len(str(caught.value)) < 300 and str(caught.value).isprintable()


LAUGHS = b"a: &a [x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (n, n, b", ".join([b"*%c" % (n - 1)] * 9)) for n in b"bcdefgh"
)


@pytest.mark.parametrize(
    "text, says",
    [
        (LAUGHS, "aliases"),
        (b"a: &a {b: *a}", "aliases"),
        (b"a: !!python/object/apply:os.system [id]", "tags"),
        (b"a: !!int ''", "tags"),
        (b"a: !x 3", "tags"),
        (b"[" * 50_000, "nested more deeply"),
        (b"- " * 50_000, "nested more deeply"),
        (b"? " * 50_000, "nested more deeply"),
        (b"[1, " * 9 + b"]" * 9, "nested more deeply"),
        (b"[" + b"1," * 30_000 + b"]", "longer"),
        (b"a: [", "while parsing"),
        (b"a: \x00", "special characters|unacceptable"),
        (b"a: \xff\xff", "invalid|codec"),
        (b"a: 2001-99-99", "month must be"),
        (b"a: 0x_", "invalid literal"),
        (b"{[1]: 2}", "unhashable"),
    ],
)
def test_what_yaml_must_not_hold_is_refused_at_once(text, says):
    started = time.process_time()
    with pytest.raises(ValueError, match=says):
        parse_yaml(text)
    assert time.process_time() - started < 2
