"""The review, the mails and the rule texts that the tests of the reports share."""

from __future__ import annotations

import pytest
import report_sample as sample

from reviewbot.findings.types import RuleText
from reviewbot.mail.types import Message
from reviewbot.review.types import Review


@pytest.fixture
def review() -> Review:
    """Return the sample review."""
    return sample.make_review()


@pytest.fixture
def rules() -> dict[str, RuleText]:
    """Return the rule texts of the sample."""
    return sample.make_rules()


@pytest.fixture
def messages() -> dict[str, Message]:
    """Return the mails of the sample series."""
    return sample.make_messages()
