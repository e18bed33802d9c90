"""Notes by a REST API, and what hears of a schedule, a queue, a topic and a bucket."""

import os

from chalice import Chalice, Rate

app = Chalice(app_name="notes")
NOTES = {}


@app.route("/")
def index():
    return {"greeting": os.environ["GREETING"]}


@app.route("/notes/{key}", methods=["GET", "PUT"], cors=True)
def notes(key):
    if app.current_request.method == "PUT":
        NOTES[key] = app.current_request.json_body
    return {"key": key, "note": NOTES.get(key)}


@app.lambda_function(name="add")
def add(event, context):
    return event["a"] + event["b"]


@app.schedule(Rate(1, unit=Rate.HOURS))
def hourly(event):
    print("hourly", event.to_dict())


@app.on_sqs_message(queue="orders", batch_size=1)
def on_order(event):
    for record in event:
        print("order", record.body)


@app.on_sns_message(topic="news")
def on_news(event):
    print("news", event.message)


@app.on_s3_event(bucket="uploads-of-notes", events=["s3:ObjectCreated:*"])
def on_upload(event):
    print("upload", event.key)
