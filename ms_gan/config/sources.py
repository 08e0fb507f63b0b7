"""Where options come from: YAML files in their order, then the command line. What comes later wins.

A source is what one of them sets, {dotted key: value}.
"""

from typing import Any, Dict, Iterator, List, Tuple

from ms_gan.config.schema import completed, instead, leaves, needs, plain, unread
from ms_gan.errors import UsageError

Source = Dict[str, Any]


def merged(cls: type, sources: List[Source]) -> Source:
    """What several sources set together.

    Of two options that set the same thing, such as the length in steps and in epochs, the one of the later source
    counts, and the other is as if nobody had set it.
    """
    result: Source = {}
    for source in sources:
        result.update(source)
        for key, other in instead(cls()):
            if source.get(key) is not None:
                result.pop(other, None)
            elif other in source:
                result.pop(key, None)
    return result


def without_nulls(sources: List[Source]) -> List[Source]:
    """Files without their unset options, which mean nothing unless an earlier file has set them.

    A file that `--print_config` wrote names every option. Where a run is resumed from it, those without a value there
    stay as the run has them.
    """
    result: List[Source] = []
    for source in sources:
        set_before = {key for other in result for key in other}
        result.append({key: value for key, value in source.items() if value is not None or key in set_before})
    return result


def refuse_both(cls: type, source: Source) -> None:
    """Refuse a file that sets the same thing in two ways.

    Raises:
        UsageError: naming both options.
    """
    defaults = {key: value for key, _, value in leaves(cls())}
    for key, other in instead(cls()):
        if source.get(key) is not None and source.get(other, defaults[other]) != defaults[other]:
            raise UsageError(f"{key}: {plain(source[key])} replaces {other}; remove one of them")


def last_typed(cls: type, typed: Source, order: List[str]) -> Source:
    """A command line without the earlier one of two options that set the same thing; `order`: of its keys."""
    for key, other in instead(cls()):
        if typed.get(key) is not None and other in typed:
            earlier = min(key, other, key=order.index)
            typed = {name: value for name, value in typed.items() if name != earlier}
    return typed


def refuse_unread(base: Any, sources: List[Source]) -> None:
    """Refuse options that have no effect: those of another family of networks or another update rule.

    What the defaults or an earlier source say may become useless by a later one's choice, without a word: a recipe with
    another family is no mistake.

    Args:
        base: the options before anybody sets any: the defaults, or those of the run that is resumed.
        sources: in their order.

    Raises:
        UsageError: naming the option, and what it needs.
    """
    cls = type(base)
    defaults = {key: value for key, _, value in leaves(cls())}
    whole = unread(completed(base, merged(cls, sources)))
    before = base
    for count, source in enumerate(sources, 1):
        now = completed(base, merged(cls, sources[:count]))
        for key, old, new in _changes(before, now, source):
            if key in whole and key in unread(now) and new not in (old, defaults[key]):
                raise UsageError(
                    f"{key}: {plain(new)} has no effect here; it needs {needs(key, whole[key])}; remove it"
                )
        before = now


def _changes(before: Any, now: Any, source: Source) -> Iterator[Tuple[str, Any, Any]]:
    """Of a source's options the key, the value before it and the value after it."""
    for (key, _, old), (_, _, new) in zip(leaves(before), leaves(now)):
        if key in source:
            yield key, old, new
