"""What C says: functions, control flow, calls of the API family and what becomes of each result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.exports import exports_of

if TYPE_CHECKING:
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

# Loaded when first asked for: the lines of a file need no parser of C.
_HOMES = {
    "ApiFunction": "family",
    "Arm": "conditions",
    "CallSite": "routes",
    "Conditions": "conditions",
    "DeferredUndo": "family",
    "Family": "family",
    "FunctionFlow": "query",
    "Lines": "lexer",
    "Passing": "routes",
    "Route": "routes",
    "Statement": "routes",
    "Token": "lexer",
    "TokenKind": "lexer",
    "account": "facts",
    "body_text": "functions",
    "condition_at": "conditions",
    "draw_cfg": "draw",
    "function_view": "query",
    "functions_of": "functions",
    "functions_with": "functions",
    "identifiers": "lexer",
    "load_family": "family",
    "object_of": "objects",
    "parse_c_condition": "conditions",
    "read_conditions": "conditions",
    "read_file": "facts",
    "squash_c": "lexer",
    "tokens": "lexer",
}

__getattr__ = exports_of(__name__, _HOMES)
