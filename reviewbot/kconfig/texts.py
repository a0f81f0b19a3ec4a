"""Prepared source files, kept by the hash of their content: the trees around a patch share all that it leaves alone."""

from __future__ import annotations

from collections.abc import Collection

from reviewbot.kconfig.sightings import Sighting, SourceText
from reviewbot.source.types import Tree

__all__ = ["Texts"]

_LARGEST = 8 << 20


class Texts:
    """The files that were looked at, prepared once each, and what was found in them."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._texts: dict[tuple[str, str], SourceText] = {}
        self._found: dict[tuple[str, str, str], tuple[Sighting, ...]] = {}

    def get(self, tree: Tree, path: str) -> SourceText | None:
        """Return the prepared file, None when it is absent or over 8 MiB."""
        content = tree.content_id(path)
        if content is None:
            return None
        key = (path, content)
        known = self._texts.get(key)
        if known is None:
            data = tree.read(path)
            if data is None or len(data) > _LARGEST:
                return None
            known = self._texts[key] = SourceText(path, data)
        return known

    def sightings(self, tree: Tree, path: str, name: str, *, makers: Collection[str]) -> tuple[Sighting, ...]:
        """Return the places of a name in a file."""
        content = tree.content_id(path)
        if content is None:
            return ()
        key = (path, content, name)
        known = self._found.get(key)
        if known is None:
            text = self.get(tree, path)
            known = self._found[key] = text.sightings(name, makers=makers) if text else ()
        return known
