"""The examples of rules under the name that the tests know them by."""

from reviewbot.cli.rule_examples import (
    Example,
    TreeExample,
    findings_in,
    findings_in_trees,
    mail_of,
    mails_of,
    read_example,
    read_tree_example,
)

__all__ = ["Example", "TreeExample", "findings_in", "findings_in_trees", "mail_of", "mails_of", "read_example",
           "read_tree_example"]
