"""Records to render: a credit model that fails, its hostile twin, images, a regression, and a run without evidence."""

import math
from dataclasses import replace

from steeled.core.access import Access
from steeled.core.artifact import Change, Curve, CurveRole, Example, Picture, Point, Result, Table
from steeled.core.evidence import Evidence, Question, Status
from steeled.core.measurement import Bound, Measurement, Unit, not_measurable
from steeled.core.record import Record, Words
from steeled.core.risk import Risk
from steeled.core.rule import Mode, Rule, Severity
from steeled.core.threat_model import Goal, Norm, ThreatModel
from steeled.core.verdict import Doubt, Finding, Outcome, Verdict

THREAT = ThreatModel(knowledge=Access.SCORES, epsilon=4.0, poisoned_share=0.05)
HOSTILE = '<script>alert("x")</script>\u202eevil\u200b{{7*7}}</style>\'" onload=x'


def share(successes: int, n: int, name: str = "", bound: Bound = Bound.AT_LEAST) -> Measurement:
    """A share with the Wilson interval: close enough for a page."""
    low, high = wilson(successes / n, n)
    return Measurement(name, successes / n, low, high, n, Unit.SHARE, bound)


def wilson(p: float, n: int) -> tuple[float, float]:
    z = 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half))


def point(x: float, p: float, n: int) -> Point:
    low, high = wilson(p, n)
    return Point(float(x), p, low, high, n)


def evidence(probe: str, risk: Risk, status: Status = Status.COMPLETED, **more) -> Evidence:
    threat = more.pop("threat", THREAT)
    question = Question(probe, "1.0", risk, {"steps": 20}, "sha256:aa", "sha256:bb", "sha256:cc", threat, 600, 7)
    return Evidence(question, status, **more)


def keeps(probe: str, values: list[float], role: CurveRole = CurveRole.ATTACK, n: int = 600) -> Curve:
    points = tuple(point(float(x), y, n) for x, y in enumerate(values))
    return Curve(
        "robust_accuracy",
        role,
        probe,
        "effort the applicant may spend (cost units)",
        "declined applications that stay declined",
        Unit.SHARE,
        points,
        x_unit=Unit.COST,
    )


GREEDY = evidence(
    "greedy_features",
    Risk.EVASION,
    queries=204_000,
    seconds=7.31,
    result=Result(
        measurements=(
            share(187, 600, "success_rate"),
            share(390, 800, "robust_accuracy", Bound.AT_MOST),
            Measurement("median_distance", 2.6, 2.4, 2.9, 187, Unit.COST, Bound.AT_MOST),
            Measurement("queries_per_row", 340.0, None, None, 600, Unit.QUERIES, Bound.EXACT),
        ),
        curves=(keeps("greedy_features", [1.0, 0.93, 0.83, 0.75, 0.69, 0.62, 0.58, 0.54, 0.52]),),
        examples=(
            Example(
                10442,
                (Change("savings_account_and_bonds", "... < 100 DM", "500 <= ... < 1000 DM"),),
                "declined",
                "approved",
                0.29,
                0.56,
                2.0,
            ),
            Example(
                10981,
                (
                    Change("duration_in_month", "39", "36"),
                    Change("present_employment_since", "... < 1 year", "4 <= ... < 7 years"),
                ),
                "declined",
                "approved",
                0.37,
                0.53,
                3.5,
            ),
            Example(
                11307,
                (
                    Change("present_employment_since", "unemployed", "... < 1 year"),
                    Change("telephone", "none", "yes, registered under the customers name"),
                ),
                "declined",
                "approved",
                0.42,
                0.51,
                2.5,
            ),
        ),
        tables=(
            Table(
                "levers",
                ("column", "share"),
                (("present_employment_since", 0.4385), ("savings_account_and_bonds", 0.31), ("telephone", 0.1)),
                "columns changed in 187 successful attacks",
            ),
        ),
    ),
)
NOISE = evidence(
    "noise",
    Risk.EVASION,
    queries=4_800,
    seconds=0.4,
    result=Result(
        (share(19, 600, "success_rate"),),
        (keeps("random changes", [1.0, 0.993, 0.987, 0.982, 0.973, 0.967, 0.962, 0.957, 0.953], CurveRole.BASELINE),),
    ),
)
HOPSKIP = evidence(
    "hop_skip_jump",
    Risk.EVASION,
    Status.TIMED_OUT,
    queries=90_000,
    seconds=9.0,
    reason="9 s used up after 412 of 600 rows",
    remedy="steeled audit --budget 180s",
    result=Result((share(60, 412, "success_rate"),), (keeps("hop_skip_jump", [1.0, 0.97, 0.93, 0.9, 0.86], n=412),)),
)
PGD = evidence(
    "pgd", Risk.EVASION, Status.SKIPPED, reason="needs gradients; trees have none", remedy="covered by greedy_features"
)
FLIPS = evidence(
    "label_flips",
    Risk.POISONING,
    trainings=13,
    seconds=6.2,
    queries=9_000,
    result=Result(
        (
            Measurement("accuracy_drop", 0.041, 0.012, 0.071, 300, Unit.POINTS, Bound.AT_LEAST),
            share(229, 300, "accuracy_clean", Bound.EITHER),
        ),
        (
            Curve(
                "accuracy",
                CurveRole.ATTACK,
                "chosen flips",
                "share of training labels flipped",
                "accuracy on test rows",
                Unit.SHARE,
                tuple(
                    point(x, y, 300) for x, y in ((0.0, 0.763), (0.01, 0.757), (0.05, 0.722), (0.1, 0.66), (0.2, 0.52))
                ),
                x_unit=Unit.SHARE,
            ),
            Curve(
                "accuracy",
                CurveRole.BASELINE,
                "random flips",
                "share of training labels flipped",
                "accuracy on test rows",
                Unit.SHARE,
                tuple(
                    point(x, y, 300) for x, y in ((0.0, 0.763), (0.01, 0.76), (0.05, 0.753), (0.1, 0.746), (0.2, 0.73))
                ),
                x_unit=Unit.SHARE,
            ),
        ),
    ),
)
ERRORS = evidence(
    "label_errors",
    Risk.POISONING,
    trainings=5,
    seconds=2.0,
    result=Result(
        (share(41, 700, "suspect_share", Bound.EITHER), share(26, 35, "planted_found", Bound.EITHER)),
        tables=(
            Table(
                "suspects",
                ("row", "given label", "likely label", "probability of the given label"),
                tuple((17 * k, "good", "bad", 0.02 + k / 400) for k in range(1, 25)),
                "Rows whose label looks wrong.",
            ),
        ),
    ),
)


def copies(label: str, role: CurveRole, values: list[float]) -> Curve:
    xs = (100.0, 300.0, 1000.0, 3000.0, 10000.0)
    points = tuple(point(x, y, 1200) for x, y in zip(xs, values, strict=True))
    return Curve(
        "fidelity",
        role,
        label,
        "questions asked of the model",
        "answers on which copy and model agree",
        Unit.SHARE,
        points,
        True,
        Unit.QUERIES,
    )


EXTRACTION = evidence(
    "extraction",
    Risk.THEFT,
    queries=20_000,
    trainings=6,
    seconds=8.2,
    result=Result(
        (
            share(1109, 1200, "fidelity"),
            share(991, 1200, "honest_fidelity", Bound.EITHER),
            Measurement("copy_gain", 0.098, 0.077, 0.119, 1200, Unit.POINTS, Bound.AT_LEAST),
            Measurement("clone_queries", 10_000.0, None, None, 1200, Unit.QUERIES, Bound.EXACT),
        ),
        (
            copies("copy", CurveRole.ATTACK, [0.781, 0.83, 0.872, 0.901, 0.924]),
            copies("honest model", CurveRole.BASELINE, [0.826] * 5),
        ),
    ),
)
MEMBERSHIP = evidence(
    "membership",
    Risk.PRIVACY,
    queries=4_000,
    trainings=4,
    seconds=5.1,
    result=Result(
        (
            Measurement("auc", 0.531, 0.504, 0.558, 1400, Unit.VALUE, Bound.AT_LEAST),
            not_measurable("tpr_at_0_1pct_fpr", Unit.SHARE, Bound.AT_LEAST, "700 outsiders are too few", 1400, 10_000),
            share(19, 700, "tpr_at_5pct_fpr"),
        ),
        (
            Curve(
                "roc",
                CurveRole.ATTACK,
                "attack found",
                "false alarms: outsiders called members",
                "members recognised",
                Unit.SHARE,
                tuple(
                    point(x, min(1.0, x**0.82), 700) for x in (0.0, 0.003, 0.0143, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
                ),
                True,
                Unit.SHARE,
            ),
        ),
    ),
)
CALIBRATION = evidence(
    "calibration",
    Risk.OVERRELIANCE,
    queries=300,
    seconds=0.2,
    result=Result(
        (
            Measurement("calibration_rms", 0.019, 0.0, 0.052, 300, Unit.POINTS, Bound.EITHER),
            Measurement("calibration_p", 0.34, None, None, 300, Unit.VALUE, Bound.EITHER),
            Measurement("overconfidence", -0.004, -0.05, 0.043, 300, Unit.POINTS, Bound.EITHER),
        ),
        (
            Curve(
                "reliability",
                CurveRole.ATTACK,
                "stated against observed",
                "confidence that the model states",
                "answers that are right",
                Unit.SHARE,
                tuple(
                    point(x, y, 40)
                    for x, y in (
                        (0.53, 0.6),
                        (0.61, 0.55),
                        (0.68, 0.72),
                        (0.75, 0.7),
                        (0.82, 0.78),
                        (0.88, 0.9),
                        (0.93, 0.75),
                        (0.97, 0.95),
                    )
                ),
                x_unit=Unit.SHARE,
            ),
        ),
    ),
)
GARBAGE = evidence(
    "garbage_confidence",
    Risk.OVERRELIANCE,
    queries=1_500,
    seconds=0.3,
    result=Result(
        (
            share(320, 500, "confident_on_garbage"),
            share(140, 500, "confident_on_noise"),
            share(0, 500, "confident_on_shuffled"),
            share(320, 500, "confident_out_of_range"),
        ),
        tables=(
            Table(
                "garbage",
                ("kind", "sure by more than 90 %", "n"),
                (
                    ("noise within the ranges", 0.28, 500),
                    ("shuffled columns", 0.0, 500),
                    ("ten times the range", 0.64, 500),
                ),
                "How often the model is sure about nonsense.",
            ),
        ),
    ),
)
UNSAFE = evidence(
    "unsafe_code",
    Risk.SUPPLY_CHAIN,
    seconds=0.05,
    result=Result(
        (
            Measurement("unsafe_files", 0.0, None, None, 1, Unit.COUNT, Bound.EXACT),
            Measurement("unverifiable_files", 0.0, None, None, 1, Unit.COUNT, Bound.EXACT),
        )
    ),
)


def judged(rule: Rule, outcome: Outcome, holder: Evidence | None = None, **more) -> Finding:
    found = holder.measurement(rule.measure) if holder else None
    return Finding(
        rule,
        outcome,
        more.pop("reason", f"{rule.id} was judged"),
        found,
        holder.probe if holder else "",
        (holder.key,) if holder else (),
        **more,
    )


FINDINGS = (
    judged(
        Rule("EVA-01", "evasion.success_rate", "attack success at cost 4", maximum=0.15, severity=Severity.HIGH),
        Outcome.FAIL,
        GREEDY,
    ),
    judged(Rule("THE-01", "theft.copy_gain", "a copy above an honest model", maximum=0.05), Outcome.FAIL, EXTRACTION),
    judged(
        Rule(
            "POI-01",
            "poisoning.accuracy_drop",
            "accuracy lost at 5 % flipped labels",
            maximum=0.05,
            severity=Severity.HIGH,
        ),
        Outcome.INCONCLUSIVE,
        FLIPS,
        would_decide="about 700 more test rows would decide",
    ),
    judged(
        Rule(
            "PRI-02",
            "privacy.tpr_at_0_1pct_fpr",
            "members recognised at 0.1 % false alarms",
            maximum=0.01,
            mode=Mode.COMMENT,
        ),
        Outcome.INCONCLUSIVE,
        MEMBERSHIP,
        would_decide="10,000 outsiders are needed",
    ),
    judged(
        Rule("OVR-02", "overreliance.confident_on_garbage", "sure about nonsense", maximum=0.2, mode=Mode.COMMENT),
        Outcome.FAIL,
        GARBAGE,
    ),
    judged(
        Rule("EVA-02", "evasion.pgd.success_rate", "attack success with gradients", maximum=0.2, mode=Mode.MONITOR),
        Outcome.INCONCLUSIVE,
        reason="pgd was skipped: needs gradients; trees have none",
    ),
    judged(
        Rule("PRI-01", "privacy.auc", "members told from outsiders", maximum=0.6, severity=Severity.HIGH),
        Outcome.PASS,
        MEMBERSHIP,
    ),
    judged(
        Rule("OVR-01", "overreliance.calibration_rms", "calibration error", maximum=0.08), Outcome.PASS, CALIBRATION
    ),
    judged(
        Rule("SUP-01", "supply_chain.unsafe_files", "files that can run code", maximum=0.0, severity=Severity.CRITICAL),
        Outcome.PASS,
        UNSAFE,
    ),
)


def credit() -> Record:
    """A credit model that fails, with every status but a crash."""
    return Record(
        run="run-7c1fa2",
        model="credit-risk 2.3.0",
        description="Approves or declines loan applications. scikit-learn pipeline, gradient boosting, 20 columns.",
        model_digest="sha256:9f2c41d7a05be3c88d16f0937be2a4415dc08e6127f9ab30c5d8816f0a4e70b2",
        data_digest="sha256:51aa5be3c88d16f0937be2a4415dc08e6127f9ab30c5d8816f0a4e70b290c7aa",
        policy_digest="sha256:c07e5be3c88d16f0937be2a4415dc08e6127f9ab30c5d8816f0a4e70b21f39bb",
        data_description="1,000 applications: 700 train, 300 test",
        profile="standard",
        budget=60.0,
        seed=7,
        started="2026-11-23T09:14:00Z",
        seconds=38.7,
        evidence=(NOISE, GREEDY, PGD, HOPSKIP, FLIPS, ERRORS, EXTRACTION, MEMBERSHIP, CALIBRATION, GARBAGE, UNSAFE),
        verdict=Verdict(Outcome.FAIL, FINDINGS),
        words=Words("applicant", "loan", "declined", "approved", "EUR", 0.002),
        command="steeled audit --config steeled.yaml --seed 7",
        environment={
            "steeled": "0.0.1",
            "python": "3.11.9",
            "numpy": "2.3.4",
            "scikit-learn": "1.7.2",
            "machine": "x86-64, 2 cores",
        },
    )


def hostile() -> Record:
    """Every string of the record attacks the page."""
    long = HOSTILE + "A" * 10_000
    changed = Example(3, (Change(HOSTILE, long, "\ud800" + HOSTILE),), HOSTILE, long, 0.1, 0.9, 1.0)
    bad = evidence(
        HOSTILE,
        Risk.EVASION,
        result=Result(
            (share(30, 60, "success_rate"), Measurement(HOSTILE, 0.5, None, None, 2, Unit.VALUE, Bound.EITHER, long)),
            (
                Curve(
                    "robust_accuracy",
                    CurveRole.ATTACK,
                    long,
                    long,
                    HOSTILE,
                    Unit.SHARE,
                    (point(0, 1.0, 60), point(4, 0.5, 60)),
                ),
                Curve(
                    HOSTILE, CurveRole.PROOF, HOSTILE, HOSTILE, HOSTILE, Unit.VALUE, (Point(1.0, -2.0), Point(2.0, 1e7))
                ),
            ),
            (changed,),
            (Table(HOSTILE, (HOSTILE, long), ((HOSTILE, long), (1, 2.5)), long),),
        ),
    )
    crashed = evidence(HOSTILE, Risk.PRIVACY, Status.FAILED, reason=long, remedy=long)
    rule = Rule(HOSTILE, "evasion.success_rate", HOSTILE, maximum=0.1, remedy=long)
    found = Finding(rule, Outcome.FAIL, long, bad.measurement("success_rate"), HOSTILE, (HOSTILE,), long)
    return replace(
        credit(),
        run=HOSTILE,
        model=long,
        description=long,
        model_digest=HOSTILE,
        data_digest=HOSTILE,
        policy_digest=HOSTILE,
        data_description=long,
        profile=HOSTILE,
        started=HOSTILE,
        command=long,
        evidence=(bad, crashed),
        verdict=Verdict(Outcome.FAIL, (found,), (Doubt("evasion", long, (HOSTILE,)),)),
        words=Words(long, HOSTILE, HOSTILE, HOSTILE, HOSTILE, 1.0),
        environment={HOSTILE: long},
    )


def untested() -> Record:
    """Nothing could be tested: no number may appear, and nothing may look like a pass."""
    skipped = tuple(
        evidence(f"probe_{risk}", risk, Status.SKIPPED, reason="no test rows", remedy="name a test file")
        for risk in Risk
    )
    rules = (Rule("EVA-01", "evasion.success_rate", maximum=0.1), Rule("PRI-01", "privacy.auc", maximum=0.6))
    findings = tuple(
        judged(rule, Outcome.INCONCLUSIVE, reason="no probe measured it", would_decide="test rows") for rule in rules
    )
    return replace(
        credit(), evidence=skipped, verdict=Verdict(Outcome.INCONCLUSIVE, findings), words=Words(), command=""
    )


def images() -> Record:
    """A digit classifier under a gradient attack, with pictures."""
    threat = ThreatModel(knowledge=Access.GRADIENTS, norm=Norm.LINF, epsilon=0.1)
    before = tuple(15 if 9 < k // 28 < 18 and 12 < k % 28 < 16 else 0 for k in range(784))
    after = tuple(min(15, max(0, p + (-1, 0, 1, 2)[(k * 7919) % 4])) for k, p in enumerate(before))
    example = Example(17, (), "one", "seven", 0.02, 0.91, 0.1, Picture(28, 28, before), Picture(28, 28, after))
    curve = replace(
        keeps("pgd", [1.0]),
        points=tuple(point(x, y, 200) for x, y in ((0.0, 1.0), (0.025, 0.9), (0.05, 0.61), (0.1, 0.08), (0.2, 0.0))),
        x_label="largest change of a pixel",
        y_label="images that keep their answer",
        x_unit=Unit.DISTANCE,
    )
    pgd = evidence(
        "pgd",
        Risk.EVASION,
        threat=threat,
        queries=8000,
        result=Result((share(184, 200, "success_rate"),), (curve,), (example,) * 3),
    )
    rule = Rule("EVA-01", "evasion.success_rate", "attack success", maximum=0.3)
    return replace(
        credit(),
        model="digits",
        evidence=(pgd,),
        verdict=Verdict(Outcome.FAIL, (judged(rule, Outcome.FAIL, pgd),)),
        words=Words(),
    )


def regression() -> Record:
    """A house-price model: all rules pass, one doubt would be gone, nothing is a share of a class."""
    threat = ThreatModel(goal=Goal(tolerance=25_000.0), epsilon=1.0)
    example = Example(4, (Change("area", "61.5", "63.0"),), "182,300", "209,112", 182_300.0, 209_112.0, 0.4)
    attack = evidence(
        "greedy_features",
        Risk.EVASION,
        threat=threat,
        result=Result((share(0, 90, "success_rate"),), (keeps("greedy_features", [1.0, 1.0]),), (example,)),
    )
    drop = evidence(
        "label_flips",
        Risk.POISONING,
        threat=threat,
        result=Result((Measurement("accuracy_drop", -0.01, -0.03, 0.01, 90, Unit.POINTS, Bound.AT_LEAST),)),
    )
    rules = (
        Rule("EVA-01", "evasion.success_rate", maximum=0.1),
        Rule("POI-01", "poisoning.accuracy_drop", maximum=0.05),
    )
    findings = tuple(judged(rule, Outcome.PASS, holder) for rule, holder in zip(rules, (attack, drop), strict=True))
    return replace(
        credit(), model="house prices", evidence=(attack, drop), verdict=Verdict(Outcome.PASS, findings), words=Words()
    )


def unsuitable() -> Record:
    """A regression of which privacy cannot be tested: no probe applies, and a blocking rule asks."""
    skipped = evidence("membership", Risk.PRIVACY, Status.SKIPPED, reason="does not apply to regression")
    reason = "membership was skipped (does not apply to regression)"
    finding = judged(Rule("PRI-01", "privacy.auc", maximum=0.6), Outcome.INCONCLUSIVE, reason=reason)
    kept = regression()
    findings = (finding, *kept.verdict.findings)
    return replace(kept, evidence=(*kept.evidence, skipped), verdict=Verdict(Outcome.INCONCLUSIVE, findings))


RECORDS = {
    "credit": credit,
    "hostile": hostile,
    "untested": untested,
    "images": images,
    "regression": regression,
    "unsuitable": unsuitable,
}
