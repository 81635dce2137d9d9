"""A withdrawn name raises under every alias, and a class of one's own does not notice."""

import types

import pytest

from assay.guest.forbidden import forbid


@pytest.fixture
def library():
    module = types.ModuleType("library")
    source = """
class Base:
    def __init__(self, n):
        super().__init__()
        self.n = n
class Model(Base):
    def __init__(self, n, lr=1):
        super().__init__(n)
    def forward(self, X): return X
    @staticmethod
    def one(): return 1
    @classmethod
    def two(cls): return 2
def square(x): return x * x
"""
    exec(source, module.__dict__)
    return module


TEXT = "Model is the library's own, also to derive from; this exercise asks for yours"


def test_the_class_itself_an_alias_and_an_empty_subclass_raise(library):
    alias = library.Model
    empty = type("Mine", (library.Model,), {})
    forbid(library, ["Model"])
    for kind in (library.Model, alias, empty):
        with pytest.raises(NotImplementedError, match=TEXT):
            kind(1)


def test_saved_methods_static_and_class_methods_raise(library):
    forward, one, two = library.Model.forward, library.Model.one, library.Model.two
    forbid(library, ["Model"])
    for call, arguments in ((forward, (None, 1)), (one, ()), (two, ())):
        with pytest.raises(NotImplementedError, match=TEXT):
            call(*arguments)


def test_a_subclass_with_its_own_methods_and_the_base_class_still_work(library):
    own = type("Mine", (library.Model,), {"__init__": library.Base.__init__})
    forbid(library, ["Model"])
    assert own(3).n == 3
    assert library.Base(2).n == 2


def test_functions_are_withdrawn_too(library):
    square = library.square
    forbid(library, ["square"])
    with pytest.raises(
        NotImplementedError, match="square is the library's own, also to derive from; this exercise asks for yours"
    ):
        square(2)


def test_a_name_that_is_not_there_is_nothing_to_withdraw(library):
    forbid(library, ["Other"])
    assert library.square(2) == 4
