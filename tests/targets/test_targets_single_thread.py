"""The copy that is asked uses one thread, however deep its parts lie."""

from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.pipeline import make_pipeline
from xgboost import XGBClassifier

from steeled.targets._single_thread import single_threaded


def test_fitted_parts_within_parts_are_reached(wine):
    forest = RandomForestClassifier(3, n_jobs=2, random_state=0)
    voting = VotingClassifier([("a", forest), ("b", XGBClassifier(n_estimators=2, n_jobs=2))], voting="soft", n_jobs=2)
    model = make_pipeline("passthrough", CalibratedClassifierCV(voting, cv=2, n_jobs=2)).fit(wine.frame, wine.labels)

    copied = single_threaded(model)

    for calibrated, own in zip(copied[-1].calibrated_classifiers_, model[-1].calibrated_classifiers_, strict=True):
        assert [part.n_jobs for part in calibrated.estimator.estimators_] == [1, 1]
        assert [part.n_jobs for part in own.estimator.estimators_] == [2, 2]
        assert '"nthread":"1"' in calibrated.estimator.estimators_[1].get_booster().save_config()
