"""Folders of images: one folder for each class, its name the class."""

import struct
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from steeled.core.array import Array
from steeled.core.feature_space import FeatureSpace, Modality
from steeled.data.limits import check_bytes, check_file, check_rows
from steeled.data.reading import Reading
from steeled.errors import DataError, MissingDependency

if TYPE_CHECKING:
    from PIL import Image

_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
_DAMAGE = (OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError, struct.error)  # what Pillow raises
_MOST_PIXELS = 64_000_000
_GRAY = ("1", "L", "I;16", "I;16B", "I;16L", "LA", "La")


def read_images(folders: Sequence[Path]) -> Reading:
    """Images in ``<folder>/<class>/*.png`` and the like: float32 in [0, 1], channels first.

    One channel when all are gray, else three; 16-bit gray keeps its depth, transparency is left out. Files are in the
    order of their names, class by class.

    Args:
        folders: each with one folder for each class.

    Raises:
        DataError: no such folder, no images, a damaged or huge image, or images of different sizes.
        MissingDependency: Pillow is not installed.
    """
    listed = [_listed(folder) for folder in folders]
    pictures = [[_pixels(path) for path, _ in files] for files in listed]
    first = pictures[0][0]
    for files, images in zip(listed, pictures, strict=True):
        for (path, _), image in zip(files, images, strict=True):
            if image.shape[1:] != first.shape[1:]:
                sizes = f"{_size(image)} but {listed[0][0][0]} has {_size(first)}"
                raise DataError(f"{path}: the image has {sizes}; all must have one size: scale them as for the model")
    channels = max(len(image) for images in pictures for image in images)
    rows = tuple(np.stack([np.broadcast_to(i, (channels, *i.shape[1:])) for i in images]) for images in pictures)
    labels = tuple(np.array([name for _, name in files], dtype=object) for files in listed)
    space = FeatureSpace(Modality.ARRAY, shape=rows[0].shape[1:], low=0.0, high=1.0)
    return Reading(rows, labels, space, ("Images are scaled to [0, 1], channels first.",))


def _listed(folder: Path) -> list[tuple[Path, str]]:
    """Image files of a folder with the class of each."""
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder")
    files = [
        (path, place.name)
        for place in sorted(folder.iterdir())
        if place.is_dir() and not place.name.startswith(".")
        for path in sorted(place.iterdir())
        if path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")
    ]
    if not files:
        raise DataError(f"{folder}: no images; expected one folder for each class with {', '.join(_SUFFIXES)} files")
    for path, _ in files:
        check_file(path)
    with _open(files[0][0]) as image:
        check_rows(folder, rows=len(files), cells_per_row=image.width * image.height)
        check_bytes(folder, len(files) * image.width * image.height * 3 * 4)
    return files


def _open(path: Path) -> "Image.Image":
    """An image whose pixels are not unpacked yet, and are known to be few."""
    try:
        from PIL import Image  # optional: only folders of images need it
    except ImportError:
        raise MissingDependency("folders of images need Pillow: pip install pillow") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(path, formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(f"{path}: {error}") from None
    except _DAMAGE as error:
        raise DataError(f"{path}: not an image that can be read: {error}") from None
    if image.width * image.height > _MOST_PIXELS:
        image.close()
        raise DataError(f"{path}: {image.width} x {image.height} pixels; at most {_MOST_PIXELS:,} are read: scale it")
    return image


def _pixels(path: Path) -> Array:
    """One image, (channels, height, width), float32 in [0, 1]."""
    with _open(path) as image:
        deep = image.mode.startswith("I;16")
        try:
            values: Any = np.asarray(image if deep else image.convert("L" if image.mode in _GRAY else "RGB"))
        except _DAMAGE as error:
            raise DataError(f"{path}: the image is damaged: {error}") from None
    scaled: Array = values.astype(np.float32) / np.float32(65535 if deep else 255)
    return scaled[None] if scaled.ndim == 2 else np.ascontiguousarray(scaled.transpose(2, 0, 1))


def _size(image: Array) -> str:
    return f"{image.shape[2]} x {image.shape[1]} pixels"
