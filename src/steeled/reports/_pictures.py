"""Small gray pictures as SVG: the pixels of one gray level are one path."""

from steeled.core.artifact import Picture
from steeled.reports._text import Fragment, flat

_MOST_BYTES = 4096
_LEVELS = 16


def svg(picture: Picture, label: str) -> Fragment:
    """The picture, at most 4 kB: fewer gray levels, then fewer pixels, until it fits.

    Args:
        picture: gray levels 0 (black) to 15 (white).
        label: what it shows, for those who cannot see it.

    Raises:
        ValueError: pixels do not fill width x height, or lie outside 0 to 15.
    """
    if len(picture.pixels) != picture.width * picture.height or picture.width < 1:
        raise ValueError(f"{picture.width} x {picture.height} picture with {len(picture.pixels)} pixels")
    if not all(0 <= pixel < _LEVELS for pixel in picture.pixels):
        raise ValueError("gray levels must be 0 to 15")
    step = 1
    body = _body(picture, step)
    while len(body) > _MOST_BYTES - 400:
        step *= 2
        if step == _LEVELS:
            picture, step = _halved(picture), 1
        body = _body(picture, step)
    head = (
        f'<svg class="pic" viewBox="0 0 {picture.width} {picture.height}" role="img" '
        f'aria-label="{flat(label)}" shape-rendering="crispEdges">'
    )
    return Fragment(f"{head}{body}</svg>")


def _body(picture: Picture, step: int) -> str:
    """A ground of the commonest level, and one path of horizontal runs for each other level."""
    levels = [min((pixel + step // 2) // step * step, _LEVELS - 1) for pixel in picture.pixels]
    ground = max(set(levels), key=lambda level: (levels.count(level), level))
    runs: dict[int, list[str]] = {}
    for y in range(picture.height):
        row = levels[y * picture.width : (y + 1) * picture.width]
        start = 0
        for x in range(1, picture.width + 1):
            if x == picture.width or row[x] != row[start]:
                if row[start] != ground:
                    runs.setdefault(row[start], []).append(f"M{start} {y}h{x - start}")
                start = x
    parts = [f'<rect class="g{ground}" width="{picture.width}" height="{picture.height}"/>']
    # strokes run along the middle of a row of pixels
    parts += [
        f'<path class="r{level}" transform="translate(0 .5)" d="{"".join(d)}"/>' for level, d in sorted(runs.items())
    ]
    return "".join(parts)


def _halved(picture: Picture) -> Picture:
    """Every second pixel of every second row."""
    rows = range(0, picture.height, 2)
    columns = range(0, picture.width, 2)
    pixels = tuple(picture.pixels[y * picture.width + x] for y in rows for x in columns)
    return Picture(len(columns), len(rows), pixels)
