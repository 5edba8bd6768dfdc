"""A Chalice app that shows what reaches a view through the gateway."""

import os
import threading
import time

from chalice.app import Chalice, CORSConfig, Response

CORS = CORSConfig(allow_origin="*", allow_headers=["Idempotency-Key"], max_age=600)
PNG = b"\x89PNG\r\n\x1a\n\x00\xff"

app = Chalice(app_name="gateway-test")
app.api.cors = CORS


@app.route("/v1/echo", methods=["GET", "POST", "PUT"], content_types=["application/json"])
def echo():
    request = app.current_request
    return {
        "method": request.method,
        "query": {name: request.query_params.getlist(name) for name in request.query_params}
        if request.query_params
        else None,
        "headers": dict(request.headers),
        "context": request.context,
        "raw_body": request.raw_body.decode(),
        "event": request.to_original_event(),
        "function": request.lambda_context.function_name,
        "remaining": request.lambda_context.get_remaining_time_in_millis(),
        "lambda_request_id": request.lambda_context.aws_request_id,
    }


@app.route("/v1/upload", methods=["POST"], content_types=["image/png", "text/plain"])
def upload():
    return {"size": len(app.current_request.raw_body)}


@app.route("/v1/things/{thing_id}")
def thing(thing_id):
    return {"thing": thing_id}


@app.route("/v1/things/latest")
def latest():
    return {"thing": "the latest"}


@app.route("/v1/things/{thing_id}/parts/{part_id}")
def part(thing_id, part_id):
    return {"thing": thing_id, "part": part_id}


@app.route("/v1/slow/{token}", methods=["POST"])
def slow(token):
    """Look at the current request again after a pause, as a view with I/O does."""
    before = app.current_request.json_body
    time.sleep(0.002)
    after = app.current_request
    return {
        "path": token,
        "before": before["token"],
        "after": after.json_body["token"],
        "header": after.headers["x-token"],
        "process": os.getpid(),
        "thread": threading.get_ident(),
    }


@app.route("/v1/picture")
def picture():
    return Response(PNG, headers={"Content-Type": "image/png"})


@app.route("/v1/cookies")
def cookies():
    return Response({}, headers={"Set-Cookie": ["a=1", "b=2"], "Content-Length": "7"})


@app.route("/v1/no-cors", cors=False)
def no_cors():
    return {}


@app.route("/v1/nothing", methods=["DELETE"])
def nothing():
    return Response("", status_code=204)


@app.route("/v1/sized/{size}")
def sized(size):
    return Response("x" * int(size), headers={"Content-Type": "text/plain"})


@app.route("/v1/bytes-as-text")
def bytes_as_text():
    return Response(b"\xff", headers={"Content-Type": "text/plain"})
