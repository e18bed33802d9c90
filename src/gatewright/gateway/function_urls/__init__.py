"""The data plane of function URLs: an HTTP request becomes an invocation of one function, without an API between."""
