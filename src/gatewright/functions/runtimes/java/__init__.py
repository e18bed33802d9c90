"""The Java runtimes: a bootstrap of ours, Java source in `source`, that speaks the Runtime API.

`runtime` and `bootstrap` run in the node of gatewright; what is in `source` runs in the function's process. `make`
compiles it into a jar beside this file, as docs/decisions/0023-java-bootstrap.md says.
"""
