"""The contract between the planes: immutable plain data, and the compiler from documents to it."""
