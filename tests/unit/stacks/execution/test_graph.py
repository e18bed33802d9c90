"""Work in the order of a graph."""

from graphlib import CycleError

import pytest

from gatewright.stacks.execution.graph import run_graph


def test_nodes_that_need_each_other_are_not_left_out_silently() -> None:
    done: list[str] = []
    needs = {"B": ["A", "C"], "C": ["B"]}
    with pytest.raises(CycleError) as caught:
        run_graph(["A", "B", "C"], needs, lambda node: done.append(node) is None)
    assert (done, caught.value.args[1]) == (["A"], ["B", "C"])


def test_what_needs_a_node_that_failed_is_left_out() -> None:
    done: list[str] = []

    def work(node: str) -> bool:
        done.append(node)
        return node != "A"

    run_graph(["A", "B", "C"], {"B": ["A"]}, work)
    assert sorted(done) == ["A", "C"]


def test_what_is_not_to_go_on_is_left_out() -> None:
    done: list[str] = []
    run_graph(["A", "B"], {"B": ["A"]}, lambda node: done.append(node) is None, goes_on=lambda: not done)
    assert done == ["A"]
