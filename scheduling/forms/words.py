"""The type of a text that may still wait for the reader's language."""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words: TypeAlias = "str | _StrPromise"


class AsTyped(str):
    """A label that somebody typed, such as an address: it keeps its first letter as it is."""

    __slots__ = ()
