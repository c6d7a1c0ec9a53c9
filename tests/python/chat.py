"""python-socketio, another public client, against the real binary over TLS.

Called by tests/js/python.test.mjs with a JSON object on standard input:
{url, ca, room, ann: token, bob: token}. Prints one line of JSON with what it heard.
"""

import json
import sys
import threading

import requests
import socketio

given = json.load(sys.stdin)

# Seconds that anything is waited for; the client's own limits (1 s to join, 5 s for a request) are for fast machines.
PATIENCE = 45


def connect(token, transports):
    session = requests.Session()
    session.trust_env = False
    session.verify = given["ca"]
    client = socketio.Client(http_session=session, ssl_verify=True, request_timeout=PATIENCE, websocket_extra_options={"sslopt": {"ca_certs": given["ca"]}})
    greeted = threading.Event()
    client.on("session", lambda *args: greeted.set())
    client.connect(given["url"], socketio_path="/api/socketio", auth={"token": token}, transports=transports, wait_timeout=PATIENCE)
    if not greeted.wait(PATIENCE):
        raise SystemExit(f"no greeting within {PATIENCE} s")
    return client


heard = []
arrived = threading.Event()
bob = connect(given["bob"], ["polling", "websocket"])


def on_message(message, offset):
    heard.append({"content": message["content"], "offset": offset})
    arrived.set()


bob.on("new-message", on_message)
joined = bob.call("join-conversation", given["room"], timeout=PATIENCE)
ann = connect(given["ann"], ["websocket"])
ack = ann.call("send-message", {"conversationId": given["room"], "content": "grüße aus Python 🐍"}, timeout=PATIENCE)
refused = ann.call("send-message", {"conversationId": given["room"], "content": ""}, timeout=PATIENCE)
if not arrived.wait(PATIENCE):
    raise SystemExit(f"the message did not arrive within {PATIENCE} s")
ann.disconnect()
bob.disconnect()
print(json.dumps({"joined": joined, "ack": ack, "refused": refused, "heard": heard}))
