"""Evidence that contradicts itself is not believed: a weaker attack must not beat a stronger one."""

from collections.abc import Sequence

from steeled.core.evidence import Evidence
from steeled.core.measurement import Measurement
from steeled.core.risk import Risk
from steeled.core.verdict import Doubt

_WEAKER_THAN = (
    # weaker, stronger, what it means when the weaker one does better
    ("noise", "pgd", "random changes beat gradients: the gradients may be masked"),
    ("noise", "greedy_features", "random changes beat the search by scores: the search did not converge"),
    ("noise", "hop_skip_jump", "random changes beat the search by labels: the search did not converge"),
    ("greedy_features", "pgd", "an attack that sees scores beats one that sees gradients: they may be masked"),
    ("hop_skip_jump", "pgd", "an attack that sees labels beats one that sees gradients: they may be masked"),
)


def cross_examine(evidence: Sequence[Evidence]) -> tuple[Doubt, ...]:
    """Contradictions beyond chance: the weaker attack's whole interval lies above the stronger one's.

    Source: Athalye et al. 2018 (arXiv:1802.00420), section 3.1; Carlini et al. 2019 (arXiv:1902.06705).
    """
    by_name = {e.probe: e for e in evidence if e.is_completed and e.risk is Risk.EVASION}
    doubts = []
    for weaker, stronger, meaning in _WEAKER_THAN:
        if weaker not in by_name or stronger not in by_name:
            continue
        low, high = _success(by_name[weaker]), _success(by_name[stronger])
        if low is None or high is None or low.low is None or high.high is None or low.low <= high.high:
            continue
        sentence = f"{weaker} succeeds on {low.value:.0%} of rows, {stronger} on {high.value:.0%}: {meaning}"
        doubts.append(Doubt(Risk.EVASION.value, sentence, (by_name[weaker].key, by_name[stronger].key)))
    return tuple(doubts)


def _success(evidence: Evidence) -> Measurement | None:
    return evidence.measurement("success_rate")
