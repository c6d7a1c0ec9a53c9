"""tuspy, another public client of tus, against the real binary over TLS.

Called by tests/js/uploads.test.mjs with a JSON object on standard input: {url, token}. The environment
says whose certificates to trust. Prints one line of JSON with what it uploaded.
"""

import hashlib
import io
import json
import os
import sys

from tusclient.client import TusClient

given = json.load(sys.stdin)
client = TusClient(f"{given['url']}/api/uploads", headers={"Authorization": f"Bearer {given['token']}"})
uploaded = []


def note(uploader, name, content):
    uploaded.append({"url": uploader.url, "name": name, "sha256": hashlib.sha256(content).hexdigest()})


content = os.urandom(2_000_003)
uploader = client.uploader(
    file_stream=io.BytesIO(content), chunk_size=300_000, metadata={"filename": "schlange.bin"}, upload_checksum=True
)
uploader.upload()
note(uploader, "schlange.bin", content)

first = client.uploader(file_stream=io.BytesIO(content), chunk_size=500_000, metadata={"filename": "weiter.bin"})
first.upload_chunk()
second = client.uploader(file_stream=io.BytesIO(content), chunk_size=500_000, url=first.url)
assert second.offset == 500_000, second.offset
second.upload()
note(second, "weiter.bin", content)
print(json.dumps(uploaded))
