"""Normal random numbers by address: Threefry and Box-Muller, the same lines for NumPy and LLVM."""

from __future__ import annotations

from typing import Any, Protocol

Words = tuple[Any, Any]
"""Two unsigned words of 64 bits, or arrays or lanes of them."""

ROTATIONS = ((16, 42, 12, 31), (16, 32, 24, 21))
PARITY = 0x1BD11BDAA9FC1A22

SQUARE_ROOT_HALF = 0x3FE6A09E667F3BCD
"""The bits of √½ as a floating-point number."""

LOGARITHM = (
    *(0.1479819860511658591, 0.1531383769920937332, 0.1818357216161805012),
    *(0.2222219843214978396, 0.2857142874366239149, 0.3999999999940941908),
    *(0.6666666666666735130, 2.0),
)
"""log m = s·p(s²), s = (m − 1)/(m + 1), for √½ ≤ m ≤ √2: FreeBSD msun, e_log.c."""

SINE = (
    *(1.58962301576546568060e-10, -2.50507477628578072866e-8, 2.75573136213857245213e-6),
    *(-1.98412698295895385996e-4, 8.33333333332211858878e-3, -1.66666666666666307295e-1),
)
COSINE = (
    *(-1.13585365213876817300e-11, 2.08757008419747316778e-9, -2.75573141792967388112e-7),
    *(2.48015872888517045348e-5, -1.38888888888730564116e-3, 4.16666666666665929218e-2),
)
"""sin t = t + t³·p(t²), cos t = 1 − t²/2 + t⁴·p(t²) for |t| ≤ π/4: Moshier, Cephes, sin.c."""


class Arithmetic(Protocol):
    """What the numbers below need beyond the operators of words and reals."""

    def real(self, word: Any) -> Any:
        """Return a word below 2^63 as a real number, rounded."""

    def bits(self, real: Any) -> Any:
        """Return the word of the same bits."""

    def from_bits(self, word: Any) -> Any:
        """Return the real number of the same bits."""

    def where(self, word: Any, yes: Any, no: Any) -> Any:
        """Return `yes` where a word is not 0, else `no`."""

    def sqrt(self, real: Any) -> Any:
        """Return the square root, correctly rounded."""


def threefry(counter: Words, key: Words) -> Words:
    """Threefry2x64 with 20 rounds: two random words for each counter, by a cipher without state.

    Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
    """
    keys = (*key, key[0] ^ key[1] ^ PARITY)
    x, y = counter[0] + keys[0], counter[1] + keys[1]
    for block in range(5):
        for rotation in ROTATIONS[block % 2]:
            x = x + y
            y = ((y << rotation) | (y >> (64 - rotation))) ^ x
        x = x + keys[(block + 1) % 3]
        y = y + keys[(block + 2) % 3] + (block + 1)
    return x, y


def normal_pair(words: Words, by: Arithmetic) -> tuple[Any, Any]:
    """Two independent normal numbers from two words: Box, Muller 1958.

    ``√(−2 log v) (cos θ, sin θ)`` with v of 53 bits in (0, 1] and θ of 55 bits in [0, 2π), so that
    no number is beyond 8.6. Nothing but +, −, ·, /, √ of IEEE arithmetic and shifts of bits: every
    machine gives the same bits.
    """
    first, second = words
    radius = by.sqrt(_logarithm((first >> 11) + 1, by) * -2.0)
    quarter = second >> 62
    turn = (by.real((second << 2) >> 11) * 2.0**-53 - 0.5) * 1.5707963267948966
    square = turn * turn
    sine = turn + turn * square * _polynomial(SINE, square)
    cosine = 1.0 - square * 0.5 + square * square * _polynomial(COSINE, square)
    odd = quarter & 1
    x, y = by.where(odd, sine, cosine), by.where(odd, cosine, sine)
    return (
        radius * by.where((quarter + 1) & 2, -x, x),
        radius * by.where(quarter & 2, -y, y),
    )


def _logarithm(word: Any, by: Arithmetic) -> Any:
    """Logarithm of word/2^53, for 1 ≤ word ≤ 2^53."""
    bits = by.bits(by.real(word))
    exponent = (bits - SQUARE_ROOT_HALF) >> 52
    mantissa = by.from_bits(bits - (exponent << 52))
    s = (mantissa - 1.0) / (mantissa + 1.0)
    return (by.real(exponent) - 53.0) * 0.6931471805599453 + s * _polynomial(LOGARITHM, s * s)


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    value = coefficients[0] * x + coefficients[1]
    for coefficient in coefficients[2:]:
        value = value * x + coefficient
    return value
