"""Files that are nearly what they should be: valid ones with a few edits of the kinds that break readers."""

import copy
import json
import random
import string

from hypothesis import strategies as st

NUMBERS = (0, 1, 2, 127, 128, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1)
TOKENS = [
    *(number.to_bytes(8, order) for number in NUMBERS for order in ("big", "little")),
    *(number.to_bytes(4, order) for number in NUMBERS if number < 2**32 for order in ("big", "little")),
    *(str(number).encode() for number in NUMBERS), b"-1", b"1e999", b"NaN", b"Infinity", b"null", b"[]", b"{}", b'""',
    b"9" * 5000, b"[" * 3000, b"{" * 3000, b'{"a":' * 1000, b"- " * 2000, b"? " * 2000, b"\0", b"\n", b"\x1b[2J",
    b"\xff" * 12, b"&a [*a, *a]", b"*a", b"<<: ", b"!!python/object/apply:os.system [id]", b"!!binary ", b"!!int ''",
    b"\xff\xfe", b"../", b"77777777777\0", b"\x80" + b"\xff" * 11, b"%PDF",
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
]  # fmt: skip
KINDS = ("flip", "set", "cut", "insert", "delete", "repeat", "copy", "token", "token")

SEED = st.integers(0, 2**32 - 1)
EDIT = st.tuples(st.sampled_from(KINDS), st.integers(0, 2**16), st.integers(0, 2**16), st.integers(0, len(TOKENS) - 1))


def edited(valid):
    """Any of some valid contents with one to six edits."""
    edits = st.lists(EDIT, min_size=1, max_size=6)
    return st.tuples(_places(valid), edits).map(lambda drawn: _edit(valid[drawn[0]], drawn[1]))


def _places(valid):
    # hypothesis describes strategies by all that they choose from, which here are whole files.
    return st.integers(0, len(valid) - 1)


def _edit(content, edits):
    content = bytearray(content)
    for kind, where, size, token in edits:
        # Headers come first, so that half of the edits are there.
        reach = min(len(content), 512) if where % 2 else len(content)
        at, size, token = where * reach >> 16, 1 + size % 64, TOKENS[token]
        if kind == "flip" and at < len(content):
            content[at] ^= 1 << size % 8
        elif kind == "set" and at < len(content):
            content[at] = token[0]
        elif kind == "cut":
            del content[at:]
        elif kind == "insert":
            content[at:at] = bytes(size)
        elif kind == "delete":
            del content[at : at + size]
        elif kind == "repeat":
            content[at:at] = content[at : at + size] * (size % 7)
        elif kind == "copy":
            content[at : at + size] = content[:size]
        elif kind == "token":
            content[at : at + (len(token) if size % 2 else 0)] = token
    return bytes(content)


STRANGE = (
    None, True, 0, -1, 1, 1.5, 2**31, 2**63, 2**64, -(2**63), 10**400, 1e308, float("nan"), float("inf"),
    float("-inf"), "", "x", "\x1b[2J", "\0", "a\nb", "1", "x" * 5000, "[&a [1], *a, *a]", "../..", [], {}, [[]],
    [1] * 3000, {"": {}}, {"x": [{}]}, ["x"] * 3000, [[[[[[[[[[[[]]]]]]]]]]]],
)  # fmt: skip


def strange_trees(valid):
    """Any of some trees of dictionaries and lists, a few of whose values, keys or items are strange or gone."""
    return st.tuples(_places(valid), SEED).map(lambda drawn: _misshapen(valid[drawn[0]], drawn[1]))


def _misshapen(tree, seed):
    chance = random.Random(seed)
    tree = json.loads(json.dumps(tree))
    for _ in range(chance.choice((1, 1, 2, 5))):
        place = tree
        while True:
            keys = list(place) if isinstance(place, dict) else range(len(place))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(place[key], (dict, list)) and place[key] and chance.random() < 0.7:
                place = place[key]
                continue
            _spoil(place, key, chance)
            break
    return tree


def _spoil(place, key, chance):
    what = chance.randrange(4)
    if what == 0:
        del place[key]
    elif what == 1 and isinstance(place, dict):
        name = "".join(chance.choices(string.printable, k=chance.randrange(1, 12)))
        place[chance.choice((name, key.upper(), f"{key}.x", "\x1b[2J" * 400))] = place.pop(key)
    else:
        place[key] = copy.deepcopy(chance.choice(STRANGE))  # it may be spoilt in its turn


def mutants(message, contents):
    """Protocol buffers that are well formed, some of whose fields have other values, are gone, doubled or exchanged.

    Args:
        message: their class.
        contents: valid ones.
    """
    valid = []
    for content in contents:
        valid.append(message())
        valid[-1].ParseFromString(content)
    return st.tuples(_places(valid), SEED).map(lambda drawn: _mutated(valid[drawn[0]], drawn[1]))


def _mutated(valid, seed):
    chance = random.Random(seed)
    made = type(valid)()
    made.CopyFrom(valid)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        parts = [part for part in _parts(made) if part.ListFields()]
        if not parts:
            break
        part = chance.choice(parts)
        field, value = chance.choice(part.ListFields())
        (_mutate_many if field.is_repeated else _mutate_one)(part, field, value, chance, parts)
    return made.SerializePartialToString()


def _parts(message):
    yield message
    for field, value in message.ListFields():
        if field.message_type:
            for part in value if field.is_repeated else [value]:
                yield from _parts(part)


def _mutate_many(part, field, values, chance, parts):
    i, j, what = chance.randrange(len(values)), chance.randrange(len(values)), chance.randrange(4)
    if what == 0:
        del values[i]
    elif what == 1:
        values.add().CopyFrom(values[i]) if field.message_type else values.append(values[i])
    elif field.message_type:
        kept = type(values[i])()
        kept.CopyFrom(values[i])
        values[i].CopyFrom(values[j])
        values[j].CopyFrom(kept)
    elif what == 2:
        values[i], values[j] = values[j], values[i]
    else:
        values[i] = _other(field, values[i], chance, parts)


def _mutate_one(part, field, value, chance, parts):
    if chance.randrange(4) == 0:
        part.ClearField(field.name)
    elif field.message_type:
        value.CopyFrom(chance.choice([other for other in parts if type(other) is type(value)] or [value]))
    else:
        setattr(part, field.name, _other(field, value, chance, parts))


def _other(field, value, chance, parts):
    """Another value for a field, often one that the message has elsewhere."""
    if isinstance(value, (str, bytes)):
        found = [other for part in parts for like, other in part.ListFields() if type(other) is type(value)]
        length = chance.randrange(len(value) + 1)
        return chance.choice([value[:length], value + value[:7], value[:0], chance.choice(found or [value])])
    if isinstance(value, bool):
        return not value
    if isinstance(value, float):
        return chance.choice([0.0, -1.0, 1e30, float("nan"), float("inf")])
    if field.enum_type:
        return chance.choice(field.enum_type.values).number
    number = chance.choice([*NUMBERS, *range(-5, 100), value + 1, value - 1, -value])
    return max(-(2**31), min(number, 2**31 - 1)) if field.cpp_type in (1, 3) else max(-(2**63), min(number, 2**63 - 1))
