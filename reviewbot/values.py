"""The decorator of our types: `dataclasses.dataclass`, whose methods are made when the first value is."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass  # a type checker sees the one of the standard library
else:
    import dataclasses
    from operator import attrgetter

    def dataclass(cls=None, /, *, frozen=False, slots=False, kw_only=False, order=False):
        """Return the class as `dataclasses.dataclass` makes it.

        That one writes and compiles six methods for each class, a fifth of a second for four hundred of them. Here only
        `__init__` is written, when the first value of a class is made; the others need no text of their own.
        """
        def made(cls):
            if order:
                return dataclasses.dataclass(cls, frozen=frozen, slots=slots, kw_only=kw_only, order=True)
            if not cls.__doc__:
                cls.__doc__ = cls.__name__  # else a signature is worked out for it
            own = frozenset(cls.__dict__)
            done = dataclasses.dataclass(cls, init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)
            _complete(done, own, frozen=frozen)
            return done

        return made if cls is None else made(cls)

    def _complete(cls, own, *, frozen):
        """Give the class the methods that it has not written itself."""
        fields = dataclasses.fields(cls)
        compared = [one.name for one in fields if one.compare]
        methods = {"__init__": _first_init(cls, fields, frozen=frozen), "__repr__": _repr}
        if "__eq__" not in own:
            values = attrgetter(*compared) if compared else type
            methods["__eq__"] = _equality(values)
            methods["__hash__"] = _hashing(values) if frozen else None
            if "__hash__" in own:
                del methods["__hash__"]
        if frozen:
            methods |= {"__setattr__": _refuse, "__delattr__": _refuse, "__getstate__": _state,
                        "__setstate__": _restore}
        for name, method in methods.items():
            if name not in own:
                setattr(cls, name, method)

    def _first_init(cls, fields, *, frozen):
        """Return the `__init__` that writes the real one in its place."""
        def __init__(self, *args, **named):
            if cls.__init__ is __init__:
                cls.__init__ = _written(cls, fields, frozen=frozen)
            cls.__init__(self, *args, **named)

        return __init__

    def _written(cls, fields, *, frozen):
        known = {"_set": object.__setattr__}
        taken, named, body = [], [], []
        for one in fields:
            name, value = one.name, one.name
            if one.default is not dataclasses.MISSING:
                known[f"_d_{name}"] = one.default
                given = f"=_d_{name}"
            elif one.default_factory is not dataclasses.MISSING:
                known[f"_d_{name}"], known["_none"] = one.default_factory, _NONE
                given, value = "=_none", f"{name} if {name} is not _none else _d_{name}()"
            else:
                given = ""
            if one.init:
                (named if one.kw_only else taken).append(f"{name}{given}")
            elif not given:
                continue
            else:
                value = f"_d_{name}()" if given == "=_none" else f"_d_{name}"
            body.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
        if hasattr(cls, "__post_init__"):
            body.append("self.__post_init__()")
        head = ", ".join(("self", *taken, *(("*", *named) if named else ())))
        exec(f"def __init__({head}):\n " + "\n ".join(body or ["pass"]), known)  # noqa: S102 - as the standard library
        return known["__init__"]

    _NONE = object()

    def _repr(self):
        shown = (f"{one.name}={getattr(self, one.name)!r}" for one in dataclasses.fields(self) if one.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def _equality(values):
        def __eq__(self, other):
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        return __eq__

    def _hashing(values):
        def __hash__(self):
            return hash(values(self))

        return __hash__

    def _refuse(self, name, *_):  # noqa: ARG001 - Python's own signature
        raise dataclasses.FrozenInstanceError(f"cannot assign to or delete field {name!r}")

    def _state(self):
        return [getattr(self, one.name) for one in dataclasses.fields(self)]

    def _restore(self, state):
        for one, value in zip(dataclasses.fields(self), state, strict=True):
            object.__setattr__(self, one.name, value)
