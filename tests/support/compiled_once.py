"""What each app compiles for itself, compiled once for all apps of a test run: templates, addresses, SQL.

Thousands of tests make an app each, and half of their time went into compiling the same again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import BaseConverter, Rule
from werkzeug.routing.rules import RulePart


class _Parsed(NamedTuple):
    """What parsing adds to a rule."""

    parts: list[RulePart]
    trace: list[tuple[bool, str]]
    converters: dict[str, BaseConverter]


_writers: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}
_parsed: dict[str, _Parsed] = {}
_statements: LRUCache[Any, Any] = LRUCache(10_000)


class CompiledTemplates(BytecodeCache):
    """Templates by their names and sources."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template's code where it was compiled before."""
        if code := self._codes.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code."""
        self._codes[bucket.key] = bucket.bytecode_to_string()


class CompiledRule(Rule):
    """A rule that was parsed, and whose addresses are written by the function that was made, for its like.

    All apps have the same converters.
    """

    def _parse_rule(self, rule: str) -> Iterable[RulePart]:
        if rule not in _parsed:
            before = len(self._trace)
            parts = list(super()._parse_rule(rule))
            _parsed[rule] = _Parsed(parts, self._trace[before:], dict(self._converters))
            return parts
        parts, trace, converters = _parsed[rule]
        self._trace.extend(trace)
        self._converters.update(converters)
        self.arguments.update(converters)
        return parts

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made_of = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
        if made_of not in _writers:
            _writers[made_of] = super()._compile_builder(append_unknown)
        return _writers[made_of]


class CompiledStatements:
    """The compiled SQL of an engine, which is that of all engines."""

    def __get__(self, engine: Engine, owner: type[Engine]) -> LRUCache[Any, Any]:
        return _statements

    def __set__(self, engine: Engine, own: LRUCache[Any, Any]) -> None:
        """Leave the engine's own unused."""


def _is_of_the_same_class(dialect: DefaultDialect, other: object) -> bool:
    return type(dialect) is type(other)


def _hash_of_the_class(dialect: DefaultDialect) -> int:
    return hash(type(dialect))


Flask.jinja_options = {"bytecode_cache": CompiledTemplates()}
Flask.url_rule_class = CompiledRule
# Compiled SQL is found by its dialect, of which each engine has its own: ours differ by nothing but their connections.
Engine._compiled_cache = CompiledStatements()  # type: ignore[assignment]
DefaultDialect.__eq__ = _is_of_the_same_class  # type: ignore[assignment,method-assign]
DefaultDialect.__hash__ = _hash_of_the_class  # type: ignore[assignment,method-assign]
