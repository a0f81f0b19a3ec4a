"""What C says: functions, control flow, calls of the API family and what becomes of each result."""

from __future__ import annotations

from reviewbot.cfacts.conditions import Arm, Conditions, condition_at, parse_c_condition, read_conditions
from reviewbot.cfacts.facts import account, functions_of, read_file
from reviewbot.cfacts.family import ApiFunction, Family, load_family
from reviewbot.cfacts.lexer import Lines, Token, TokenKind, identifiers, squash_c, tokens

__all__ = [
    "ApiFunction",
    "Arm",
    "Conditions",
    "Family",
    "Lines",
    "Token",
    "TokenKind",
    "account",
    "condition_at",
    "functions_of",
    "identifiers",
    "load_family",
    "parse_c_condition",
    "read_conditions",
    "read_file",
    "squash_c",
    "tokens",
]
