"""What can go wrong, by name: every error says what was got, what is needed, what to do."""

from __future__ import annotations


class SaddleodeError(Exception):
    """Base of all errors of this package: catch it to catch them all."""


class ProblemError(SaddleodeError, ValueError):
    """Input that does not describe what is asked for: a problem, a point, a parameter, a time."""


class ExpressionError(ProblemError):
    """Text that is not a formula of the grammar; points at the character at fault.

    Parameters
    ----------
    message : str
        What is wrong and what is needed, in one line.
    text : str
        The text as the user wrote it.
    position : int
        Index into `text` of the character at fault.
    """

    def __init__(self, message: str, text: str = "", position: int = 0) -> None:
        super().__init__(message)
        self.text = text
        self.position = position

    def pointer(self) -> str:
        """Return the neighbourhood of the fault with a caret below it, as two lines."""
        start = max(0, self.position - 30)
        excerpt = self.text[start : self.position + 30].replace("\n", " ")
        return f"{excerpt}\n{' ' * (self.position - start)}^"


class IntegrationError(SaddleodeError, RuntimeError):
    """A computation that could not reach what was asked; carries the residual in its message."""


class NotConvexConcaveWarning(UserWarning):
    """The problem is not convex-concave: it runs, but the theorems do not apply to it."""


class OutsideTheoremWarning(UserWarning):
    """The parameters of a method are outside the range of its theorems: it runs, unproved."""
