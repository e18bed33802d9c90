"""The control plane: one package per AWS service, one function per operation."""
