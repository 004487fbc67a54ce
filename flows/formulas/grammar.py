"""The grammar of formulas: which words there are, which may follow which, and how many.

A formula has numbers, names, ``+ - * / ^ ( )`` and functions, nothing else. One pass over its
words decides that, bounds its size, and spells it again for Python's `ast`; a word that is not
allowed is an error at its character.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from dataclasses import dataclass, field

from ..errors import ExpressionError

MAX_LENGTH = (
    200_000  # characters: a quadratic in 100 variables with 17-digit coefficients has 160 kB
)
MAX_WORDS = 50_000  # that quadratic has 30 000 numbers, names and signs
MAX_DEPTH = 100  # operations inside one another; deeper trees would exhaust the stack
MAX_NAME = 100  # characters of a name
MAX_LITERAL = 300  # digits of one number: floats end at 1e308, certificates have a hundred
MAX_TEN = 300  # power of ten of one number; floats end at 1e308

_WORD = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[^\W\d]\w*)
      | (?P<operator>\*\*|[-+*/^])
      | (?P<open>\() | (?P<close>\)) | (?P<comma>,)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ALLOWED = "a formula has numbers, names, + - * / ^ ( ) and functions"
_FOUND = {
    ".": "a dot (attributes are not part of a formula)",
    "[": "a subscript or a list",
    "{": "a set or a dictionary",
    "'": "quoted text",
    '"': "quoted text",
    "=": "an equals sign",
    "<": "a comparison",
    ">": "a comparison",
    "!": "an exclamation mark",
    ":": "a colon",
    "#": "a comment",
    "%": "a percent sign",
    "@": "a matrix product",
}
_INSTEAD = {"−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "÷": "/", "²": "^2", "³": "^3"}


def spell(text: str) -> tuple[str, tuple[int, ...]]:
    """Check the words of a formula and spell it for `ast`.

    Returns
    -------
    code : str
        The formula with each name a run of ``X``, each number a run of ``1``, and each ``+`` or
        ``-`` that joins two terms written ``or +`` or ``or -``: Python's ``or`` makes one flat
        node of a long sum and binds as loosely as a sum must.
    origin : tuple of int
        For each character of `code`, the index into `text` it stands for.

    Raises
    ------
    ExpressionError
        If the text is not a formula of the grammar or exceeds a limit of this module.

    Examples
    --------
    >>> spell("x^2 - 2*x*u")[0]
    'X**1 or -1*X*X'
    """
    if not isinstance(text, str):
        raise ExpressionError(f"a formula is text; got {type(text).__name__}")
    if len(text) > MAX_LENGTH:
        length = f"the formula has {len(text)} characters"
        limit = f"at most {MAX_LENGTH} are read; larger problems come from matrices"
        raise ExpressionError(f"{length}; {limit}", text, MAX_LENGTH)
    return _Reader(text).read()


def describe(word: str) -> str:
    """Quote a word for an error message: short, printable, look-alike letters named."""
    short = word if len(word) <= 30 else word[:30] + "…"
    strange = next((c for c in short[:30] if not c.isascii()), None)
    if strange is None:
        return repr(short)
    return f"{short!r} ({_codepoint(strange)})"


@dataclass
class _Level:
    """One open bracket (or the whole formula): where it is, and how high its tree has grown."""

    opened: int
    is_call: bool = False
    tallest: int = 0  # among the finished terms
    height: int = 0  # of the term being read

    def finish_term(self) -> None:
        self.tallest, self.height = max(self.tallest, self.height + 1), 0


@dataclass
class _Reader:
    """The words of a formula, read once from left to right."""

    text: str
    code: list[str] = field(default_factory=list)
    origin: list[int] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=lambda: [_Level(-1)])
    previous: tuple[str, str, int] = ("start", "", 0)  # kind, word, position

    def read(self) -> tuple[str, tuple[int, ...]]:
        words = (m for m in _WORD.finditer(self.text) if m.lastgroup != "space")
        for count, match in enumerate(words):
            kind, word, start = str(match.lastgroup), match.group(), match.start()
            if count == MAX_WORDS:
                self._refuse(f"the formula has over {MAX_WORDS} numbers, names and signs", start)
            getattr(self, f"_{kind}")(word, start)
            if self.levels[-1].height + len(self.levels) > MAX_DEPTH:
                self._refuse(f"over {MAX_DEPTH} operations or brackets inside one another", start)
            self.previous = kind, word, start
        self._finish()
        return "".join(self.code), tuple(self.origin)

    def _number(self, word: str, start: int) -> None:
        self._begin_operand(word, start)
        digits, _, ten = word.lower().partition("e")
        if len(digits) > MAX_LITERAL or len(ten) > 5 or abs(int(ten or 0)) > MAX_TEN:
            limits = f"at most {MAX_LITERAL} digits and powers of ten up to {MAX_TEN} are read"
            self._refuse(f"the number {describe(word)} is too long or too large; {limits}", start)
        self._spell_word("1", word, start)

    def _name(self, word: str, start: int) -> None:
        self._begin_operand(word, start)
        if "__" in word or len(word) > MAX_NAME:
            needed = f"a name has no double underscore and at most {MAX_NAME} characters"
            self._refuse(f"found {describe(word)}; {needed}", start)
        stranger = next((i for i in range(len(word)) if not word[: i + 1].isidentifier()), None)
        if stranger is not None:
            self._other(word[stranger], start + stranger)
        self._spell_word("X", word, start)

    def _operator(self, word: str, start: int) -> None:
        level = self.levels[-1]
        if not self._after_operand():
            if word not in "+-":
                self._refuse(f"found '{word}' where a number, a name or '(' is needed", start)
            level.height += 1
            self._spell(word, start)
        elif word in "+-":
            level.finish_term()
            self._spell(f" or {word}", start)
        else:
            level.height += 1
            self._spell("**" if word == "^" else word, start)

    def _open(self, word: str, start: int) -> None:
        if self.previous[0] != "name":  # a name before a bracket is a function
            self._begin_operand(word, start)
        self.levels.append(_Level(start, is_call=self.previous[0] == "name"))
        self._spell(word, start)

    def _close(self, word: str, start: int) -> None:
        if len(self.levels) == 1:
            self._refuse("found ')' without its '('", start)
        no_arguments = self.previous[0] == "open" and self.levels[-1].is_call
        if not (self._after_operand() or no_arguments):
            self._refuse("found ')' where a number, a name or '(' is needed", start)
        inner = self.levels.pop()
        inner.finish_term()
        self.levels[-1].height = max(self.levels[-1].height, inner.tallest)
        self._spell(word, start)

    def _comma(self, word: str, start: int) -> None:
        if not self._after_operand():
            self._refuse("found ',' where a number, a name or '(' is needed", start)
        if not self.levels[-1].is_call:
            self._refuse("found ',' outside a function; decimals are written with a dot", start)
        self.levels[-1].finish_term()
        self._spell(word, start)

    def _other(self, word: str, start: int) -> None:
        found = f"found {describe(word)}"
        if word in _INSTEAD:
            self._refuse(f"{found}; write {_INSTEAD[word]} instead", start)
        kind = f", {_FOUND[word]}" if word in _FOUND else ""
        self._refuse(f"{found}{kind}; {_ALLOWED}", start)

    def _begin_operand(self, word: str, start: int) -> None:
        """Refuse two operands side by side."""
        if not self._after_operand():
            return
        for candidate, place in (self.previous[1:], (word, start)):
            if keyword.iskeyword(candidate):
                self._refuse(f"found '{candidate}', a word of a program; {_ALLOWED}", place)
        before = "')'" if self.previous[0] == "close" else describe(self.previous[1])
        self._refuse(
            f"an operator is missing between {before} and {describe(word)}: write 2*x, not 2x, "
            "and sin(x), not sin x",
            start,
        )

    def _finish(self) -> None:
        if self.previous[0] == "start":
            self._refuse("the formula is empty", 0)
        if len(self.levels) > 1:
            self._refuse("this '(' is never closed", self.levels[-1].opened)
        if not self._after_operand():
            found = f"the formula ends after {describe(self.previous[1])}"
            self._refuse(f"{found}; a number, a name or '(' is needed", len(self.text))

    def _after_operand(self) -> bool:
        return self.previous[0] in ("number", "name", "close")

    def _spell(self, piece: str, start: int) -> None:
        self.code.append(piece)
        self.origin.extend([start] * len(piece))

    def _spell_word(self, letter: str, word: str, start: int) -> None:
        self.code.append(letter * len(word))
        self.origin.extend(range(start, start + len(word)))

    def _refuse(self, message: str, position: int) -> None:
        raise ExpressionError(message, self.text, position)


def _codepoint(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, 'unnamed')}"
