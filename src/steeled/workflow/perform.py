"""One step on an opened model, in a process of its own: from a question to evidence."""

from steeled.core.case import Case
from steeled.core.clock import Clock
from steeled.core.evidence import Evidence, Status
from steeled.core.meter import Meter
from steeled.core.metered_recipe import MeteredRecipe, Trainings
from steeled.maths.seeds import rng_of
from steeled.plan import Step
from steeled.probes.conduct import conduct
from steeled.store.codec import encode
from steeled.workflow.opening import Trial


def perform(trial: Trial, step: Step) -> bytes:
    """Run one probe and return its evidence as bytes.

    The generator is seeded by the evidence key, so the same question has the same answer.
    """
    threat, clock, trainings = step.question.threat, Clock(step.seconds), Trainings()
    meter = Meter(trial.target, threat.knowledge) if trial.target is not None else None
    case = Case(
        threat=threat,
        rng=rng_of(step.question.key),
        rows=step.question.rows,
        clock=clock,
        subject=meter,
        tested=trial.test,
        trained=trial.train,
        procedure=MeteredRecipe(trial.recipe, trainings) if trial.recipe else None,
        general=MeteredRecipe(trial.general, trainings),
        files=trial.files,
        report_rows=step.question.report_rows,
    )
    result = conduct(step.probe, case)
    return encode(
        Evidence(
            question=step.question,
            status=Status.COMPLETED,
            result=result,
            queries=meter.tally.queries if meter else 0,
            gradients=meter.tally.gradients if meter else 0,
            trainings=trainings.count,
            seconds=round(clock.elapsed, 3),
            allowed=step.seconds,
        )
    )
