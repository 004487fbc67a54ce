"""Methods whose parameters are symbols where the command line does not set them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from .choices import chosen_method
from .settings import listed

if TYPE_CHECKING:
    from ..discretize.method import Method


def symbolic_method(spec: str) -> Method:
    """Read a method from short text; needed parameters that are not set are positive symbols.

    Raises
    ------
    ProblemError
        The name, a parameter or a value is not one; the message lists those there are.

    Examples
    --------
    >>> symbolic_method("simgd-o:beta=1/4")
    OptimisticSimGD(alpha=alpha, beta=Fraction(1, 4))
    """
    from sympy import Symbol

    method = chosen_method(spec)
    given = {setting.partition("=")[0] for setting in listed(spec.partition(":")[2])}
    free = {
        field.name: Symbol(field.name, positive=True)
        for field in dataclasses.fields(method)
        if field.name not in given and field.default is dataclasses.MISSING
    }
    return dataclasses.replace(method, **free)
