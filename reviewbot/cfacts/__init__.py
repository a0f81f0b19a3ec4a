"""What C says: functions, control flow, calls of the API family and what becomes of each result."""

from __future__ import annotations

from reviewbot.cfacts.conditions import Arm, Conditions, condition_at, parse_c_condition, read_conditions
from reviewbot.cfacts.draw import draw_cfg
from reviewbot.cfacts.facts import account, read_file
from reviewbot.cfacts.family import ApiFunction, DeferredUndo, Family, load_family
from reviewbot.cfacts.functions import body_text, functions_of, functions_with
from reviewbot.cfacts.lexer import Lines, Token, TokenKind, identifiers, squash_c, tokens
from reviewbot.cfacts.objects import object_of
from reviewbot.cfacts.query import FunctionFlow, function_view
from reviewbot.cfacts.routes import CallSite, Passing, Route, Statement

__all__ = [
    "ApiFunction",
    "Arm",
    "CallSite",
    "Conditions",
    "DeferredUndo",
    "Family",
    "FunctionFlow",
    "Lines",
    "Passing",
    "Route",
    "Statement",
    "Token",
    "TokenKind",
    "account",
    "body_text",
    "condition_at",
    "draw_cfg",
    "function_view",
    "functions_of",
    "functions_with",
    "identifiers",
    "load_family",
    "object_of",
    "parse_c_condition",
    "read_conditions",
    "read_file",
    "squash_c",
    "tokens",
]
