"""Results that were looked at, and that a new helper of the file hands on to somebody who drops them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.vocabulary import is_reporter
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.lost_test import acts_on
from reviewbot.contracts.outline import Outline
from reviewbot.contracts.results import treatments
from reviewbot.contracts.types import Hit

__all__ = ["dropped_behind_helpers"]

_NUMBERS = frozenset({"int", "long", "ssize_t"})


def dropped_behind_helpers(old: Outline, new: Outline, was: Teacher, now: Teacher) -> Iterator[Hit]:
    """Yield the calls of new helpers whose result is dropped, where the function acted on that of what they call."""
    before, after = treatments(old), treatments(new)
    gone = Counter(one.callee for one in before) - Counter(one.callee for one in after)
    for other in after:
        bodies = [body for _, body in now.here(other.callee) if body.static] if other.fate == "dropped" else []
        if len(bodies) != 1 or was.here(other.callee) or not _NUMBERS & {*bodies[0].returns.split()}:
            continue
        handed = {inner.callee for inner in treatments(bodies[0]) if inner.fate in {"tested", "returned"}}
        one = next((one for one in before if one.callee in handed and gone[one.callee] and acts_on(old, one)
                    and not is_conversion(one.callee) and not is_reporter(one.callee, has_text=False)), None)
        if one is None:
            continue
        shown = old.steps[one.first_test.step if one.first_test else one.step]
        yield Hit(shape="not-handed-on", line=other.line, end_line=other.line, symbol=one.callee, object=one.callee,
                  fields=(("callee", one.callee), ("test", old.said(shown)), ("exit", ""), ("by", other.callee),
                          ("variable", "")),
                  old=((shown.line, old.said(shown)),), new=((other.line, new.said(new.steps[other.step])),))
