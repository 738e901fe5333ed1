from pathlib import Path

import jsonschema
import pytest
import yaml

from steeled.core.rule import Mode, Rule
from steeled.core.signature import Task
from steeled.errors import ConfigurationError
from steeled.policy.configuration import (
    Configuration,
    RuleSection,
    json_schema,
    parse_configuration,
    read_configuration,
)
from steeled.policy.rules import default_rules, rules_in_force


def in_force(*sections: RuleSection, task: Task = Task.CLASSIFICATION) -> dict[str, Rule]:
    return {rule.id: rule for rule in rules_in_force(sections, task)}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"modl": 1}, "did you mean 'model'"),
        ({"model": {"pth": "x"}}, "unknown key 'pth' in model; did you mean 'path'"),
        ({"rules": [{"id": "x", "metrik": "y"}]}, "did you mean 'metric'"),
        ({"columns": {"age": {"cots": 1}}}, "unknown key 'cots' in columns.age; did you mean 'cost'"),
        ({"threat": {"cost": -1}}, "threat.cost"),
        ({"version": 2}, "version"),
        ({"threat": {"norm": "l9"}}, "norm"),
        ([1, 2], "object"),
        ({"run": {"workers": 0}}, "workers"),
    ],
)
def test_a_wrong_configuration_names_the_place_and_the_near_word(content: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse_configuration(content, "steeled.yaml")


_HOSTILE = ["a: [", "!!python/object/apply:os.system ['true']", "\0", "columns: {a: &a {cost: 1}, b: *a}"]


@pytest.mark.parametrize("text", _HOSTILE)
def test_hostile_yaml_is_an_error_and_runs_nothing(text: str, tmp_path: Path) -> None:
    path = tmp_path / "steeled.yaml"
    path.write_text(text)

    with pytest.raises(ConfigurationError):
        read_configuration(path)


def test_a_file_too_large_to_be_a_configuration_is_not_parsed(tmp_path: Path) -> None:
    path = tmp_path / "steeled.yaml"
    path.write_text("# " + "x" * 1_100_000)

    with pytest.raises(ConfigurationError, match="larger"):
        read_configuration(path)


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "steeled.yaml"
    path.write_text("")

    assert read_configuration(path) == Configuration()


def test_the_schema_accepts_what_the_parser_accepts_and_refuses_unknown_keys() -> None:
    good = yaml.safe_load("{version: 1, model: {path: m.joblib}, columns: {age: {immutable: true}}, rules: [{id: A}]}")
    schema = json_schema()

    jsonschema.validate(good, schema)
    parse_configuration(good, "here")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"modl": 1}, schema)


def test_the_defaults_are_rules_with_a_title_and_a_limit_for_every_risk() -> None:
    rules = list(in_force().values())

    assert len(rules) == sum(entry.get("task") != "regression" for entry in default_rules())
    assert {rule.risk for rule in rules} == {
        "evasion",
        "poisoning",
        "theft",
        "privacy",
        "overreliance",
        "supply_chain",
    }
    assert all(rule.title for rule in rules)


def test_a_section_with_a_known_id_replaces_only_what_it_names() -> None:
    before = in_force()["EVA-01"]

    after = in_force(RuleSection("EVA-01", max=0.4, mode="monitor"))["EVA-01"]

    assert (after.maximum, after.mode) == (0.4, Mode.MONITOR)
    assert (after.metric, after.title, after.severity) == (before.metric, before.title, before.severity)


def test_a_maximum_can_become_a_minimum() -> None:
    rule = in_force(RuleSection("EVA-01", metric="evasion.robust_accuracy", min=0.5))["EVA-01"]

    assert (rule.maximum, rule.minimum) == (None, 0.5)


def test_a_rule_can_be_switched_off_and_added() -> None:
    rules = in_force(RuleSection("EVA-01", mode="off"), RuleSection("MY-01", metric="privacy.auc", max=0.6))

    assert "EVA-01" not in rules
    assert "MY-01" in rules


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (RuleSection("X"), "needs a metric"),
        (RuleSection("X", metric="evasoin.success_rate", max=1), "did you mean evasion"),
        (RuleSection("X", metric="evasion.success_rate"), "either max or min"),
        (RuleSection("X", metric="evasion", max=1), "risk.measure"),
    ],
)
def test_a_rule_that_cannot_be_judged_is_refused(section: RuleSection, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        in_force(section)


def test_one_id_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="twice"):
        in_force(RuleSection("EVA-01", max=0.1), RuleSection("EVA-01", max=0.2))


def test_the_poisoning_of_a_regression_is_judged_by_its_error_and_of_a_classifier_by_its_accuracy() -> None:
    classifier, regression = in_force(), in_force(task=Task.REGRESSION)

    assert set(classifier) ^ set(regression) == {"POI-01", "POI-03"}
    assert regression["POI-03"].measure == "error_growth"
