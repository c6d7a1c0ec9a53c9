"""python-socketio, another public client, against the real binary over TLS.

Called by tests/js/python.test.mjs with a JSON object on standard input:
{url, ca, room, ann: token, bob: token}. Prints one line of JSON with what it heard.

Its client of asyncio: the one of threads reads and writes one TLS connection at a time, which Python's does not bear. It
loses one in some thirty, with any server (https://github.com/miguelgrinberg/python-engineio/issues/461).
"""

import asyncio
import json
import ssl
import sys

import aiohttp
import socketio

# Seconds that anything is waited for; the client's own limits (1 s to join, 5 s for a request) are for fast machines.
PATIENCE = 45


async def connect(http, given, token, transports):
    client = socketio.AsyncClient(http_session=http, request_timeout=PATIENCE)
    greeted = asyncio.Event()
    client.on("session", lambda *args: greeted.set())
    await client.connect(given["url"], socketio_path="/api/socketio", auth={"token": token}, transports=transports, wait_timeout=PATIENCE)
    await asyncio.wait_for(greeted.wait(), PATIENCE)
    return client


async def chat(given):
    trusted = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=given["ca"]))
    async with aiohttp.ClientSession(connector=trusted) as http:
        heard = []
        arrived = asyncio.Event()

        def on_message(message, offset):
            heard.append({"content": message["content"], "offset": offset})
            arrived.set()

        bob = await connect(http, given, given["bob"], ["polling", "websocket"])
        bob.on("new-message", on_message)
        joined = await bob.call("join-conversation", given["room"], timeout=PATIENCE)
        ann = await connect(http, given, given["ann"], ["websocket"])
        ack = await ann.call("send-message", {"conversationId": given["room"], "content": "grüße aus Python 🐍"}, timeout=PATIENCE)
        refused = await ann.call("send-message", {"conversationId": given["room"], "content": ""}, timeout=PATIENCE)
        await asyncio.wait_for(arrived.wait(), PATIENCE)
        ways = [bob.transport(), ann.transport()]
        await ann.disconnect()
        await bob.disconnect()
    return {"joined": joined, "ack": ack, "refused": refused, "heard": heard, "ways": ways}


print(json.dumps(asyncio.run(chat(json.load(sys.stdin)))))
