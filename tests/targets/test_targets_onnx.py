"""ONNX graphs answer as the models they were exported from."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import convert_sklearn, to_onnx
from skl2onnx.common.data_types import BooleanTensorType, FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from torch import nn

from steeled.core.access import Access
from steeled.core.digest import digest_file
from steeled.core.signature import ScoreKind
from steeled.errors import ModelError
from steeled.targets.onnx import open_file, open_object
from steeled.targets.opening import Opening
from steeled.testing.targets import check_target


def linear_graph(weight, batch=None, last=None):
    """y = x @ weight in a graph made by hand, with an optional last node."""
    d, k = weight.shape
    nodes = [helper.make_node("MatMul", ["x", "w"], ["z" if last else "y"])]
    if last:
        nodes.append(helper.make_node(last, ["z"], ["y"]))
    kind = TensorProto.INT64 if last == "ArgMax" else TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, d])],
        [helper.make_tensor_value_info("y", kind, [batch, k])],
        [numpy_helper.from_array(weight.astype(np.float32), "w")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


@pytest.mark.parametrize("zipmap", [True, False])
def test_a_converted_pipeline_answers_as_itself(wine, zipmap):
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(wine.frame.to_numpy(), wine.labels)
    options = {id(model): {"zipmap": zipmap}}
    graph = to_onnx(model, wine.data.x[:1].astype(np.float32), options=options)

    target = open_object(graph, Opening(wine.data)).target

    np.testing.assert_allclose(target.scores(wine.data.x), model.predict_proba(wine.frame.to_numpy()), atol=1e-5)
    assert target.signature.score_kind is ScoreKind.PROBABILITIES
    assert target.signature.dtype == "float32"
    check_target(target, wine.data)


@pytest.mark.parametrize("zipmap", [True, False])
def test_columns_follow_the_graph_s_own_class_names(wine, zipmap):
    data = type(wine.data)(wine.data.x, (wine.data.y + 1) % 3, wine.data.space, ("red", "dark", "pale"))
    named = np.array(["dark", "pale", "red"])[wine.labels]
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(wine.frame.to_numpy(), named)
    graph = to_onnx(model, wine.data.x[:1].astype(np.float32), options={id(model): {"zipmap": zipmap}})

    scores = open_object(graph, Opening(data)).target.scores(data.x)

    np.testing.assert_allclose(scores, model.predict_proba(wine.frame.to_numpy())[:, [2, 0, 1]], atol=1e-5)
    assert np.mean(scores.argmax(axis=1) == data.y) > 0.95


def test_one_input_for_each_column(mixed):
    frame = mixed.frame.rename(columns={"income net": "income_net"})
    names = ["income_net", "region", "children", "owner"]
    columns = ColumnTransformer(
        [("n", StandardScaler(), ["income_net", "children"]), ("c", OneHotEncoder(), ["region"])],
        remainder="drop",
    )
    model = make_pipeline(columns, LogisticRegression()).fit(frame[names], mixed.labels)
    kinds = [FloatTensorType, StringTensorType, Int64TensorType, BooleanTensorType]
    types = [(name, kind([None, 1])) for name, kind in zip(names, kinds, strict=True)]
    graph = convert_sklearn(model, initial_types=types)

    target = open_object(graph, Opening(mixed.data)).target

    np.testing.assert_allclose(target.scores(mixed.data.x), model.predict_proba(frame[names]), atol=1e-5)
    assert target.signature.dtype == "float64"
    check_target(target, mixed.data)


def test_a_missing_input_column_is_named(mixed, wine):
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(mixed.frame[["children", "owner"]], mixed.labels)
    types = [("children", FloatTensorType([None, 1])), ("owner", FloatTensorType([None, 1]))]
    graph = convert_sklearn(model, initial_types=types)

    with pytest.raises(ModelError, match="lacks 'children', 'owner'"):
        open_object(graph, Opening(wine.data))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("fixed", [True, False])
def test_a_network_exported_from_torch(digits, tmp_path, fixed):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10)).eval()
    path = tmp_path / "network.onnx"
    axes = {} if fixed else {"x": {0: "n"}, "y": {0: "n"}}
    torch.onnx.export(
        module, (torch.rand(1, 1, 8, 8),), path, dynamo=False, dynamic_axes=axes, input_names=["x"], output_names=["y"]
    )
    flat = type(digits)(digits.x[:, 0], digits.y, type(digits.space)("array", shape=(8, 8)), digits.classes)

    target = open_file(path, "onnx", Opening(flat, digest_file(path))).target

    with torch.no_grad():
        expected = module(torch.tensor(digits.x)).numpy()
    np.testing.assert_allclose(target.scores(flat.x), expected, atol=1e-5)
    assert target.signature.score_kind is ScoreKind.LOGITS
    check_target(target, flat)


def test_a_graph_fixed_to_several_rows_is_padded(wine):
    weight = np.random.default_rng(0).normal(size=(13, 3))

    target = open_object(linear_graph(weight, batch=7), Opening(wine.data)).target

    expected = wine.data.x.astype(np.float32) @ weight.astype(np.float32)
    np.testing.assert_allclose(target.scores(wine.data.x), expected, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(("last", "kind"), [("Softmax", ScoreKind.PROBABILITIES), (None, ScoreKind.LOGITS)])
def test_the_kind_of_scores_is_found_out(wine, last, kind):
    weight = np.random.default_rng(0).normal(size=(13, 3)) / 100

    target = open_object(linear_graph(weight, last=last), Opening(wine.data)).target

    assert target.signature.score_kind is kind
    assert target.grants is Access.SCORES


def test_scores_without_probabilities_are_logits(wine):
    model = LinearSVC().fit(wine.frame.to_numpy(), wine.labels)
    graph = to_onnx(model, wine.data.x[:1].astype(np.float32), options={id(model): {"raw_scores": True}})

    target = open_object(graph, Opening(wine.data)).target

    np.testing.assert_allclose(target.scores(wine.data.x), model.decision_function(wine.frame.to_numpy()), atol=1e-4)


def test_regression_gives_values(diabetes):
    model = LinearRegression().fit(diabetes.frame.to_numpy(), diabetes.labels)
    graph = to_onnx(model, diabetes.data.x[:1].astype(np.float32))

    target = open_object(graph, Opening(diabetes.data)).target

    np.testing.assert_allclose(target.scores(diabetes.data.x), model.predict(diabetes.frame.to_numpy()), rtol=1e-4)


def test_a_session_is_asked_as_it_is(wine):
    model = RandomForestClassifier(5, random_state=0).fit(wine.frame.to_numpy(), wine.labels)
    graph = to_onnx(model, wine.data.x[:1].astype(np.float32))
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])

    one, two = open_object(session, Opening(wine.data)), open_object(session, Opening(wine.data))

    np.testing.assert_allclose(one.target.scores(wine.data.x), model.predict_proba(wine.frame.to_numpy()), atol=1e-5)
    assert one.digest != two.digest  # what the session holds is not known


def test_other_shapes_and_broken_files_are_refused(wine, tmp_path):
    path = tmp_path / "model.onnx"
    onnx.save(linear_graph(np.ones((13, 3))), path)
    path.write_bytes(path.read_bytes()[:60])

    with pytest.raises(ModelError, match="no output has 3 numbers"):
        open_object(linear_graph(np.random.default_rng(0).normal(size=(13, 5))), Opening(wine.data))
    with pytest.raises(ModelError, match="does not load in ONNX Runtime"):
        open_file(path, "onnx", Opening(wine.data))
