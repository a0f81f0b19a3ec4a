"""How somebody writes: who gets no copy of an answer, and the text of the user's own around it."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from string import Template

from reviewbot.values import dataclass

__all__ = ["Manner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """`excluded` are patterns of addresses that get no copy; `template` is the text around an answer as
    `b4.review-reply-template` has it, empty for none."""

    excluded: tuple[str, ...] = ()
    template: str = ""

    def leaves_out(self, address: str) -> bool:
        """Return whether the address gets no copy."""
        return any(fnmatchcase(address.lower(), pattern.lower()) for pattern in self.excluded)

    def around(self, text: str, signature: str, words: Mapping[str, str]) -> str:
        """Return the answer within the template, with the words that it names. Who drafted it stands in every draft:
        where the template has no `${signature}` it comes at the end."""
        template = Template(self.template)
        places = set(template.get_identifiers())
        if "reply" not in places:
            return f"{text}\n\n-- \n{signature}\n"
        made = template.safe_substitute({**words, "reply": text, "signature": signature}).strip("\n")
        return f"{made}\n" if "signature" in places else f"{made}\n\n-- \n{signature}\n"
