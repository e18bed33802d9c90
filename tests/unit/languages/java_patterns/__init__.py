"""Patterns of java.util.regex against Java itself."""
