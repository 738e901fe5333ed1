"""How large a value grows when its shared parts are written out: small streams can explode when walked or printed."""

from steeled.scanner.pickle.values import Container, Made, Value, children

MOST_EXPANDED = 100_000_000
FEW_SHARED = 16  # so few references cannot explode


def expanded(root: Value) -> int:
    """Number of nodes when every shared container is counted each time it is reached; a cycle counts once.

    Cost: O(nodes and references), each container visited once.
    """
    sizes: dict[int, int] = {}
    todo: list[tuple[Value, bool]] = [(root, False)]
    while todo:
        value, is_done = todo.pop()
        if is_done:
            size = 1 + sum(sizes.get(id(c), 1) for c in children(value))
            sizes[id(value)] = min(size, MOST_EXPANDED + 1)
        elif isinstance(value, Container | Made) and id(value) not in sizes:
            sizes[id(value)] = 1  # until its children are known: ends cycles
            todo.append((value, True))
            todo.extend((child, False) for child in children(value) if isinstance(child, Container | Made))
    return sizes.get(id(root), 1)
