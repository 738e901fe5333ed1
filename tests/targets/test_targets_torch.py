"""Torch modules and files answer as they do themselves, with gradients."""

import copy
import sys

import numpy as np
import pytest
import torch
from torch import nn

from steeled.core.access import Access
from steeled.core.digest import digest_file
from steeled.core.signature import ScoreKind
from steeled.errors import AccessError, ModelError, PredictionError
from steeled.maths.losses import cross_entropy, squared
from steeled.targets.opening import Opening
from steeled.targets.torch import open_file, open_object
from steeled.testing.targets import check_target


def small_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Dropout(0.2), nn.Linear(144, 10)
    )


@pytest.fixture(scope="module")
def cnn():
    torch.manual_seed(0)
    model = small_cnn()
    model(torch.rand(64, 1, 8, 8))  # so that batch normalization has statistics
    return model


@pytest.fixture(scope="module")
def files(cnn, tmp_path_factory):
    """The network in every format of torch, in evaluation mode."""
    folder = tmp_path_factory.mktemp("torch")
    model = copy.deepcopy(cnn).eval()
    torch.save(model, folder / "whole.pt")
    torch.save(model.state_dict(), folder / "state.pt")
    torch.save({"epoch": 3, "state_dict": {f"module.{k}": v for k, v in model.state_dict().items()}}, folder / "run.pt")
    program = torch.export.export(model, (torch.rand(4, 1, 8, 8),), dynamic_shapes=({0: torch.export.Dim("n")},))
    torch.export.save(program, folder / "exported.pt2")
    with pytest.warns(DeprecationWarning, match="torch.jit"):
        torch.jit.script(model).save(folder / "script.pt")
    (folder / "networks_of_test.py").write_text(
        "from torch import nn\n"
        "def build():\n"
        "    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(),\n"
        "                         nn.Dropout(0.2), nn.Linear(144, 10))\n"
        "def smaller():\n"
        "    return nn.Sequential(nn.Conv2d(1, 4, 3))\n"
    )
    return folder


def native(model, x):
    with torch.no_grad():
        return copy.deepcopy(model).eval()(torch.tensor(x, dtype=torch.float32)).numpy()


def test_a_module_answers_in_evaluation_mode(cnn, digits):
    opened = open_object(cnn, Opening(digits))

    np.testing.assert_allclose(opened.target.scores(digits.x), native(cnn, digits.x), atol=1e-5)
    assert opened.target.signature.score_kind is ScoreKind.LOGITS
    assert opened.target.grants is Access.GRADIENTS
    assert "evaluation mode" in opened.description
    check_target(opened.target, digits)


def test_the_user_s_module_stays_in_training_mode(cnn, digits):
    before = copy.deepcopy(cnn.state_dict())

    opened = open_object(cnn, Opening(digits))
    opened.target.loss_gradient(digits.x[:3], digits.y[:3], cross_entropy)

    assert cnn.training
    assert all(torch.equal(before[name], value) for name, value in cnn.state_dict().items())
    assert all(parameter.requires_grad and parameter.grad is None for parameter in cnn.parameters())


def test_rows_are_not_changed_by_a_module_that_works_in_place(digits):
    model = nn.Sequential(nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(64, 10))
    data = type(digits)(digits.x - 0.5, digits.y, digits.space, digits.classes)
    before = data.x.copy()

    target = open_object(model, Opening(data)).target
    target.loss_gradient(data.x, data.y, cross_entropy)

    np.testing.assert_array_equal(data.x, before)
    assert target.grants is Access.GRADIENTS


@pytest.mark.parametrize("file", ["whole.pt", "script.pt", "exported.pt2"])
def test_files_answer_as_the_module(cnn, digits, files, file):
    formats = {"whole.pt": "torch_zip", "script.pt": "torch_script", "exported.pt2": "torch_export"}
    path = files / file

    opened = open_file(path, formats[file], Opening(digits, digest_file(path)))

    np.testing.assert_allclose(opened.target.scores(digits.x), native(cnn, digits.x), atol=1e-5)
    assert opened.target.grants is Access.GRADIENTS
    check_target(opened.target, digits)


@pytest.mark.parametrize("file", ["state.pt", "run.pt"])
def test_a_state_dict_needs_a_factory_that_fits(cnn, digits, files, file, monkeypatch):
    monkeypatch.chdir(files)
    monkeypatch.setattr(sys, "path", list(sys.path))
    path = files / file

    opened = open_file(path, "torch_zip", Opening(digits, factory="networks_of_test:build"))

    np.testing.assert_allclose(opened.target.scores(digits.x), native(cnn, digits.x), atol=1e-5)
    with pytest.raises(ModelError, match="weights and no network"):
        open_file(path, "torch_zip", Opening(digits))
    with pytest.raises(ModelError, match="do not fit the network"):
        open_file(path, "torch_zip", Opening(digits, factory="networks_of_test:smaller"))


def test_a_cut_off_file_is_refused(digits, files, tmp_path):
    path = tmp_path / "cut.pt"
    path.write_bytes((files / "state.pt").read_bytes()[:500])

    with pytest.raises(ModelError, match="does not load with torch"):
        open_file(path, "torch_zip", Opening(digits))


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        ([nn.Linear(8, 1)], ScoreKind.LOGITS),
        ([nn.Linear(8, 1), nn.Flatten(0)], ScoreKind.LOGITS),
        ([nn.Linear(8, 1), nn.Sigmoid()], ScoreKind.PROBABILITIES),
        ([nn.Linear(8, 2), nn.Softmax(1)], ScoreKind.PROBABILITIES),
        ([nn.Linear(8, 2), nn.LogSoftmax(1)], ScoreKind.LOGITS),
        ([nn.Linear(8, 2)], ScoreKind.LOGITS),
    ],
    ids=["logit", "flat logit", "probability", "softmax", "log-softmax", "two logits"],
)
def test_the_kind_of_scores_is_found_out(cancer, last, kind):
    torch.manual_seed(1)
    model = nn.Sequential(nn.BatchNorm1d(30), nn.Linear(30, 8), nn.ReLU(), *last)
    model(torch.tensor(cancer.data.x, dtype=torch.float32))  # statistics for batch normalization

    target = open_object(model, Opening(cancer.data)).target

    raw = native(model, cancer.data.x).reshape(len(cancer.data), -1)
    if raw.shape[1] == 1:
        raw = np.concatenate([0 * raw if kind is ScoreKind.LOGITS else 1 - raw, raw], axis=1)
    assert target.signature.score_kind is kind
    np.testing.assert_allclose(target.scores(cancer.data.x), raw, atol=1e-5)
    assert target.grants is Access.GRADIENTS
    check_target(target, cancer.data)


def test_the_gradient_is_that_of_autograd(cnn, digits):
    x, y = digits.x[:7], digits.y[:7]
    rows = torch.tensor(x, requires_grad=True)
    losses = nn.functional.cross_entropy(copy.deepcopy(cnn).eval()(rows), torch.tensor(y), reduction="none")
    losses.sum().backward()

    answer = open_object(cnn, Opening(digits)).target.loss_gradient(x, y, cross_entropy)

    np.testing.assert_allclose(answer.gradient, rows.grad.numpy(), atol=1e-5)
    np.testing.assert_allclose(answer.loss, losses.detach().numpy(), atol=1e-5)
    assert answer.gradient.dtype == x.dtype


def test_regression_gives_values_with_a_gradient(diabetes):
    torch.manual_seed(0)
    model = nn.Linear(10, 1)

    target = open_object(model, Opening(diabetes.data)).target
    answer = target.loss_gradient(diabetes.data.x[:5], diabetes.data.y[:5], squared)

    values = native(model, diabetes.data.x)[:, 0]
    np.testing.assert_allclose(target.scores(diabetes.data.x), values, atol=1e-6)
    expected = 2 * (values[:5] - diabetes.data.y[:5])[:, None] * model.weight.detach().numpy()
    np.testing.assert_allclose(answer.gradient, expected, rtol=1e-4)


class Decides(nn.Module):
    def forward(self, x):
        return (x[:, 0] > 15).long()


class Cuts(nn.Module):
    """Its gradient misses a half."""

    def forward(self, x):
        return (x + x.detach())[:, :2] * torch.tensor([0.1, -0.1])


class Noisy(nn.Module):
    def forward(self, x):
        return nn.functional.dropout(x[:, :2], 0.5, training=True)


class ByBatch(nn.Module):
    def forward(self, x):
        return x[:, :2] - x[:, :2].mean(dim=0)


class NoSingleRow(nn.Module):
    def forward(self, x):
        return nn.functional.batch_norm(x[:, :2], None, None, training=True)


class Text(nn.Module):
    def forward(self, x):
        return "benign"


class Output(nn.Module):
    def forward(self, x):
        return {"logits": x[:, :2], "hidden": x}


def test_a_module_that_decides_grants_labels(cancer):
    target = open_object(Decides(), Opening(cancer.data)).target

    assert target.grants is Access.LABELS
    with pytest.raises(AccessError):
        target.loss_gradient(cancer.data.x, cancer.data.y, cross_entropy)


def test_a_gradient_that_differences_refute_is_not_granted(cancer):
    opened = open_object(Cuts(), Opening(cancer.data))

    assert opened.target.grants is Access.SCORES
    assert "disagree with finite differences" in opened.description


def test_randomness_is_noticed(cancer):
    torch.manual_seed(0)

    opened = open_object(Noisy(), Opening(cancer.data))

    assert opened.target.stochastic
    assert "may get different answers" in opened.description


@pytest.mark.parametrize("module", [ByBatch(), NoSingleRow()], ids=["mean", "batch normalization"])
def test_answers_that_hang_on_the_batch_are_refused(cancer, module):
    with pytest.raises(ModelError, match="batch normalization or dropout was left in training mode"):
        open_object(module, Opening(cancer.data))


def test_the_logits_of_a_record_are_read(cancer):
    target = open_object(Output(), Opening(cancer.data)).target

    np.testing.assert_allclose(target.scores(cancer.data.x), cancer.data.x[:, :2], rtol=1e-6)


def test_an_output_without_a_tensor_and_the_wrong_width_are_refused(cancer, wine):
    with pytest.raises(PredictionError, match="expected a tensor, the module gave str"):
        open_object(Text(), Opening(cancer.data))
    with pytest.raises(ModelError, match="gives 2 numbers for each row, expected 3"):
        open_object(nn.Linear(13, 2), Opening(wine.data))
    with pytest.raises(PredictionError, match="RuntimeError"):
        open_object(nn.Linear(7, 3), Opening(wine.data))


def test_equal_weights_share_a_digest_and_others_do_not(cancer):
    torch.manual_seed(0)
    model = nn.Linear(30, 2)
    other = copy.deepcopy(model)
    with torch.no_grad():
        other.bias[0] += 1e-6

    one, two, three = (open_object(m, Opening(cancer.data)).digest for m in (model, copy.deepcopy(model), other))

    assert one == two != three


def test_a_program_exported_for_a_fixed_number_of_rows_is_told_how_to_be_exported(cnn, digits, tmp_path):
    path = tmp_path / "fixed.pt2"
    torch.export.save(torch.export.export(copy.deepcopy(cnn).eval(), (torch.rand(4, 1, 8, 8),)), path)

    with pytest.raises(ModelError, match="export it with a dynamic first axis"):
        open_file(path, "torch_export", Opening(digits, digest_file(path)))
