"""A greeting by Flask."""

import os

from flask import Flask, request

app = Flask(__name__)


@app.route("/")
def index():
    print("somebody came")
    return {"greeting": os.environ.get("GREETING", "hello"), "path": request.path}


@app.route("/notes/<key>", methods=["PUT"])
def note(key):
    return {"key": key, "note": request.get_json()}


def hourly(event, context):
    print("hourly")
