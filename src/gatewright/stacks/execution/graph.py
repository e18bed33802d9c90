"""Work in the order of a graph, as much of it at the same time as the graph and the threads allow."""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import CycleError
from typing import Final

MOST_THREADS: Final = 8


def run_graph(
    nodes: Collection[str],
    needs: Mapping[str, Collection[str]],
    work: Callable[[str], bool],
    *,
    goes_on: Callable[[], bool] = lambda: True,
) -> None:
    """Call `work` for each node after all that it needs, in the order of `nodes` where the graph leaves a choice.

    What needs a node whose work returned False is left out. No further work is begun when `goes_on` says so; what is
    under way is waited for. Raises what work raised, when all that is under way has ended; CycleError when nodes that
    need each other are left.
    """
    left = {node: {need for need in needs.get(node, ()) if need in nodes and need != node} for node in nodes}
    if len(left) < 2:
        for node in left:
            if goes_on():
                work(node)
        return
    running: dict[Future[bool], str] = {}
    has_failed = False
    with ThreadPoolExecutor(min(MOST_THREADS, len(left)), thread_name_prefix="resource") as executor:
        while True:
            is_going_on = goes_on()
            ready = [node for node, open_needs in left.items() if not open_needs] if is_going_on else []
            for node in ready:
                del left[node]
                running[executor.submit(work, node)] = node
            if not running:
                if left and is_going_on and not has_failed:
                    raise CycleError("nodes need each other", list(left))
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                node = running.pop(future)
                if future.result():
                    for open_needs in left.values():
                        open_needs.discard(node)
                else:
                    has_failed = True


def reversed_needs(nodes: Collection[str], needs: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """Return the graph with its edges turned: each node with those that need it."""
    turned: dict[str, set[str]] = {node: set() for node in nodes}
    for node in nodes:
        for need in needs.get(node, ()):
            if need in turned and need != node:
                turned[need].add(node)
    return turned
