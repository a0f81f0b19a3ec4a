"""What the macros of Kconfig may expand to."""

from __future__ import annotations

from reviewbot.kconfig.reading import read_model

DOUBLING = "X0 := xxxxxxxxxxxxxxxx\n" + "".join(f"X{i} := $(X{i - 1})$(X{i - 1})\n" for i in range(1, 17))
REPEATED = f"LONG := {'x' * 60_000}\n" + "".join(f'config T{i}\n\tbool "$(LONG)"\n' for i in range(200))


def test_a_macro_that_doubles_is_left_out_and_named() -> None:
    """Seventeen lines whose last would be a million letters: no value of more than 64 kB is made, and it is said."""
    model = read_model({"Kconfig": f'{DOUBLING}config TRAP\n\tbool "$(X16)"\n'}.get, surroundings={})
    assert not model.complete
    assert any("expand to too much text" in skip.why for skip in model.skips)


def test_a_long_macro_is_not_expanded_without_end() -> None:
    """Two hundred prompts of 60 kB each are 12 MB together: more than any Kconfig file of a kernel asks for."""
    model = read_model({"Kconfig": REPEATED}.get, surroundings={})
    assert any("expand to too much text" in skip.why for skip in model.skips)


def test_macros_of_a_kernel_are_expanded() -> None:
    """The bound leaves alone what fits."""
    model = read_model({"Kconfig": 'name := TRAP\nconfig $(name)\n\tbool "t"\n'}.get, surroundings={})
    assert model.complete
    assert list(model.symbols) == ["TRAP"]
