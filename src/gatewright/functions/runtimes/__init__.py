"""The Lambda runtimes that this machine can run: one module per family, one line each in `table`."""
