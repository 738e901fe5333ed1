"""Images are read from one folder for each class."""

import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from steeled.data.images import read_images
from steeled.errors import DataError, MissingDependency

GRAY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20


def save(path: Path, pixels: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def test_gray_images_have_one_channel_and_values_from_0_to_1(tmp_path: Path) -> None:
    save(tmp_path / "cat" / "1.png", GRAY)
    save(tmp_path / "dog" / "2.png", 255 - GRAY)
    (tmp_path / "dog" / "notes.txt").write_text("not an image")

    reading = read_images([tmp_path])

    assert reading.rows[0].dtype == np.float32
    assert np.allclose(reading.rows[0][:, 0], np.stack([GRAY, 255 - GRAY]) / 255)
    assert reading.labels[0].tolist() == ["cat", "dog"]
    assert (reading.space.shape, reading.space.low, reading.space.high) == ((1, 3, 4), 0.0, 1.0)


def test_colors_come_first_and_gray_joins_them(tmp_path: Path) -> None:
    color = np.stack([GRAY, GRAY + 1, GRAY + 2], axis=2)
    save(tmp_path / "a" / "1.png", color)
    save(tmp_path / "b" / "2.png", GRAY)

    rows = read_images([tmp_path]).rows[0]

    assert np.allclose(rows[0] * 255, color.transpose(2, 0, 1))
    assert np.allclose(rows[1] * 255, np.stack([GRAY] * 3))


def test_transparency_is_left_out_and_sixteen_bits_are_kept(tmp_path: Path) -> None:
    save(tmp_path / "a" / "1.png", np.dstack([GRAY, GRAY, GRAY, np.full_like(GRAY, 7)]))
    save(tmp_path / "b" / "2.png", GRAY.astype(np.uint16) * 257 + 1)

    rows = read_images([tmp_path]).rows[0]

    assert rows.shape == (2, 3, 3, 4)
    assert np.allclose(rows[1, 0] * 65535, GRAY.astype(float) * 257 + 1, atol=0.01)


def test_two_folders_are_two_parts(tmp_path: Path) -> None:
    for part, count in (("train", 2), ("test", 1)):
        for name in range(count):
            save(tmp_path / part / "a" / f"{name}.png", GRAY)

    assert [len(rows) for rows in read_images([tmp_path / "train", tmp_path / "test"]).rows] == [2, 1]


def test_other_sizes_are_refused(tmp_path: Path) -> None:
    save(tmp_path / "a" / "1.png", GRAY)
    save(tmp_path / "a" / "2.png", GRAY[:2])

    with pytest.raises(DataError, match=r"2\.png: the image has 4 x 2 pixels but .*1\.png has 4 x 3 pixels"):
        read_images([tmp_path])


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "1.png", GRAY)

    with pytest.raises(DataError, match="no images; expected one folder for each class"):
        read_images([tmp_path])


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        read_images([tmp_path / "gone"])


@pytest.mark.parametrize("keep", [0, 20, 60])
def test_a_truncated_image_is_refused(tmp_path: Path, keep: int) -> None:
    path = save(tmp_path / "a" / "1.png", np.random.default_rng(0).integers(0, 255, (30, 30), dtype=np.uint8))
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(DataError, match=r"1\.png"):
        read_images([tmp_path])


def test_a_file_that_is_no_image_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.png").write_text("%!PS-Adobe-3.0 EPSF-3.0")

    with pytest.raises(DataError, match="not an image"):
        read_images([tmp_path])


@pytest.mark.parametrize("side", [9_000, 12_000, 60_000])
def test_a_decompression_bomb_is_refused_by_its_header(tmp_path: Path, side: int) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    (tmp_path / "a").mkdir()
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    (tmp_path / "a" / "1.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    )

    with pytest.raises(DataError, match=r"bomb|pixels; at most"):
        read_images([tmp_path])


def test_without_pillow_the_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "a" / "1.png", GRAY)
    monkeypatch.setitem(sys.modules, "PIL", None)

    with pytest.raises(MissingDependency, match="pip install pillow"):
        read_images([tmp_path])
