"""Descriptors that get out of the way of shell scripts."""

import os
import subprocess
import sys

from gatewright.functions.descriptors import out_of_the_way

# In a process of its own, where the low numbers are free.
_LOW = """
import os
from gatewright.functions.descriptors import out_of_the_way
low = os.open(os.devnull, os.O_RDONLY)
moved = out_of_the_way(low)
print(low < 10, moved >= 10, os.get_inheritable(moved), os.path.exists(f"/proc/self/fd/{low}"), os.fstat(moved).st_size)
"""


def test_a_low_number_is_left() -> None:
    done = subprocess.run([sys.executable, "-c", _LOW], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.split() == ["True", "True", "False", "False", "0"]


def test_a_high_one_is_kept() -> None:
    descriptors = [os.open(os.devnull, os.O_RDONLY) for _ in range(10)]
    assert out_of_the_way(descriptors[-1]) == descriptors[-1] >= 10
    for fd in descriptors:
        os.close(fd)
