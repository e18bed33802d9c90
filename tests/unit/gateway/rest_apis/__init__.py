"""Tests of the data plane of REST APIs."""
