"""The Python runtimes: AWS's own `awslambdaric`, driven over the channel by the files in this directory.

`runtime` runs in the node. `bootstrap`, `gatewright_channel` and `probe` run in the function's interpreter, any CPython
from 3.9 on, without gatewright's packages: they keep to the standard library and to what that version knows.
"""
