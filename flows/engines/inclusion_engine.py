"""The engines of inclusions: "inclusion" by events or in W, "resolvent" by resolvents alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from ..errors import ProblemError, SaddleodeError
from ..inclusions.by_resolvents import integrate_by_resolvents
from ..inclusions.drive import check_rest
from ..inclusions.inclusion import check_flow, integrate_inclusion, is_optimistic
from ..inclusions.record import Ended, Watch
from ..inclusions.set_valued import SetValuedOperator
from ..inclusions.solution import InclusionSolution
from ..problems.points import Array
from ..solving.events import crossings, ends_at
from .blockwise import blockwise
from .engine import Engine, Solve
from .outcome import Members, Outcome, of_many, of_one, replayed
from .task import Task

Integrator = Callable[..., InclusionSolution]
BAR = "{l_bar}{bar}| t = {n:.4g}/{total:.4g} [{elapsed}<{remaining}]"
FINEST = "at the finest tolerance of double precision"


def prepare_inclusion(task: Task) -> Solve:
    """Prepare the integration by events, or of an optimistic flow in W.

    Raises
    ------
    ProblemError
        The problem is differentiable, or the flow has no inclusion; the message is the reason.
    """
    operator = _operator(task)
    flow = task.initial.flow_of(0)
    check_flow(flow)
    way = "in W = Z + βG(Z)" if is_optimistic(flow) else "event by event"
    inclusion = Inclusion(task, integrate_inclusion, operator, way)
    return inclusion.one if task.single else inclusion.many


def prepare_resolvent(task: Task) -> Solve:
    """Prepare the integration by resolvents.

    Raises
    ------
    ProblemError
        The problem is differentiable, or the flow has no inclusion of the form
        ``Ż ∈ −a(t) G(Z) + b(t) Z + c(t) Z0``; the message is the reason.
    """
    operator = _operator(task)
    check_rest(task.initial.flow_of(0))
    inclusion = Inclusion(task, integrate_by_resolvents, operator, "by resolvents alone")
    return inclusion.one if task.single else inclusion.many


def _operator(task: Task) -> SetValuedOperator:
    operator = task.initial.problem.backend
    if not isinstance(operator, SetValuedOperator):
        raise ProblemError("the problem is differentiable")
    if task.form is not None:
        raise ProblemError(
            "a form was asked for, or the flow has one, and set-valued problems have their own"
        )
    return operator


@dataclass(frozen=True, eq=False)
class Inclusion:
    """A task for one of the integrators of inclusions."""

    task: Task
    integrator: Integrator
    operator: SetValuedOperator
    way: str

    def one(self) -> Outcome:
        """Solve for one start."""
        zeros: list[list[float]] = [[] for _ in self.task.events]
        with _watching(self.task, zeros) as watch:
            solution = self._solution(self.task, 0, watch)
        outcome = of_one(
            self.task,
            lambda t: solution.point(t)[None],
            solution.t_reached,
            solution.status,
            solution.message,
            solution.nfev,
            tuple(np.array(times) for times in zeros),
        )
        return self._with_facts(outcome, solution.error_at(outcome.t)[None], {0: solution})

    def many(self) -> Outcome:
        """Solve for many starts, one after the other."""
        errors = np.full((self.task.members, len(self.task.grid)), np.nan)
        found: dict[int, InclusionSolution] = {}

        def again(task: Task) -> Members:
            return self._members(task, np.empty((task.members, len(task.grid))), {})

        members = self._members(self.task, errors, found)
        outcome = of_many(self.task, members, replayed(again, self.task, members.z))
        return self._with_facts(outcome, errors, found)

    def _members(self, task: Task, errors: Array, found: dict[int, InclusionSolution]) -> Members:
        def work(block: slice, z: Array, failures: dict[int, str]) -> int:
            i = block.start
            try:
                solution = self._solution(task, i, None)
            except SaddleodeError as error:
                failures[i] = f"did not start: {error}"
                return 0
            count = int(np.searchsorted(task.grid, solution.t_reached, side="right"))
            z[i, :count] = solution.point(task.grid[:count])
            errors[i, :count] = solution.error_at(task.grid[:count])
            found[i] = solution
            if solution.interrupted:
                raise KeyboardInterrupt
            if not solution.success:
                failures[i] = solution.message
            return solution.nfev

        return blockwise(task, work, 1)

    def _solution(self, task: Task, member: int, watch: Watch | None) -> InclusionSolution:
        initial = task.initial
        z0, anchor = initial.z0[member], initial.anchor[member]
        options = {"rtol": task.rtol, "atol": task.atol, "anchor": anchor, "watch": watch}
        span = initial.t_start, task.t_end
        return self.integrator(initial.flow_of(member), self.operator, z0, span, **options)

    def _with_facts(
        self, outcome: Outcome, errors: Array, found: Mapping[int, InclusionSolution]
    ) -> Outcome:
        note = "; ".join(filter(None, (self.way, FINEST if self.task.reference else "")))
        everyone = [found.get(i) for i in range(self.task.members)]
        return dataclasses.replace(
            outcome,
            error_estimate=errors,
            note=note,
            sliding=tuple(() if s is None else s.sliding for s in everyone),
            switches=tuple(np.zeros(0) if s is None else s.switches for s in everyone),
        )


@contextmanager
def _watching(task: Task, zeros: Sequence[list[float]]) -> Iterator[Watch]:
    """Who looks on at one trajectory: a progress bar, and events, whose zeros are noted."""
    start = task.initial.t_start
    with tqdm(total=task.t_end, initial=start, disable=not task.progress, bar_format=BAR) as shown:

        def watch(t_old: float, t: float, point: Callable[[float], Array]) -> None:
            shown.update(t - t_old)
            for zero, i in crossings(task.events, t_old, t, point):
                zeros[i].append(zero)
                if ends_at(task.events[i], len(zeros[i])):
                    raise Ended(zero, f"event {i} ended it at t = {zero:.6g}")

        yield watch


INCLUSION = Engine("inclusion", "the problem is set-valued", prepare_inclusion)
RESOLVENT = Engine("resolvent", "the problem is set-valued and stiff", prepare_resolvent)
