"""The weighted ℓ1 norm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..errors import ProblemError
from ..problems.points import Array
from .faces import Faces
from .term import fit, numbers_of, written


@dataclass(frozen=True, eq=False, repr=False)
class L1:
    """Weighted ℓ1 norm f(x) = Σ_i w_i |x_i|, w ≥ 0 one number or one per coordinate.

    Raises
    ------
    ProblemError
        A weight is negative or not finite.

    Examples
    --------
    >>> L1(0.5).prox([3.0, -0.2], step=2.0)
    array([ 2., -0.])
    """

    weight: Any = 1.0

    name: ClassVar[str] = "l1"
    is_set: ClassVar[bool] = False

    def __post_init__(self) -> None:
        weight = numbers_of(self.weight, "weight")
        if not (np.isfinite(weight).all() and (weight >= 0).all()):
            raise ProblemError(f"weight is {self.weight}; the l1 norm needs finite weights >= 0")
        object.__setattr__(self, "weight", weight)

    def check(self, n: int) -> None:
        """Refuse weights that do not fit n coordinates."""
        fit(self.weight, n, "weight")

    def prox(self, v: Any, step: float = 1.0) -> Array:
        """Soft threshold ``sign(v) max(|v| − step w, 0)``."""
        v = np.asarray(v, dtype=float)
        return np.asarray(np.sign(v) * np.maximum(np.abs(v) - step * self.weight, 0.0))

    def value(self, x: Any) -> Array:
        """Σ_i w_i |x_i|."""
        return np.asarray(np.sum(self.weight * np.abs(np.asarray(x, dtype=float)), axis=-1))

    def __str__(self) -> str:
        return f"l1{written(self.weight)}"

    def __repr__(self) -> str:
        return f"L1{written(self.weight)}"

    def to_latex(self, x: str) -> str:
        """Weighted norm."""
        weight = written(self.weight)[1:-1]
        if self.weight.ndim:
            return rf"\| \operatorname{{diag}}({weight}) {x} \|_1"
        return ("" if weight == "1" else f"{weight} ") + rf"\| {x} \|_1"

    def faces(self, names: Sequence[str]) -> Faces:
        """Return the maxima w_i max(x_i, −x_i)."""
        n = len(names)
        weight = fit(self.weight, n, "weight")
        used = np.flatnonzero(weight)
        e = np.eye(n)[used]
        zero = np.zeros(2 * len(used))
        return Faces(
            slopes=np.concatenate([e, -e]),
            offsets=zero,
            bends=np.zeros((2 * len(used), n)),
            weights=np.tile(weight[used], 2),
            groups=np.tile(np.arange(len(used)), 2),
            labels=tuple(f"{names[i]} = 0" for i in used.tolist()) * 2,
            equalities=np.zeros((0, n)),
            levels=np.zeros(0),
        )
