#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""As much of a Kubernetes API as a node's installer sees: GET /api/v1/nodes/NAME, over TLS, for who has the token.

    api.py FOLDER    ca.crt and token are put there, as a service account has them, and port, once it answers;
                     a node is the file NAME.json there
"""
import http.server
import json
import os
import pathlib
import ssl
import subprocess
import sys

folder = pathlib.Path(sys.argv[1])
TOKEN = "token-of-podswitch"


class Api(http.server.BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def refuse(self, status):
        self.answer(status, json.dumps({"kind": "Status", "status": "Failure", "code": status}))

    def do_GET(self):  # pylint: disable=invalid-name
        """The node's object, to who may read it."""
        given = self.headers.get("Authorization")
        node = folder / (self.path.rpartition("/")[2] + ".json")
        if given != "Bearer " + TOKEN:
            self.refuse(401 if given is None else 403)
        elif not self.path.startswith("/api/v1/nodes/") or not node.exists():
            self.refuse(404)
        else:
            self.answer(200, node.read_text(encoding="utf-8"))

    def log_message(self, *_):
        """What is asked is not told."""


subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=kubernetes",
                "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key", "-out", folder / "ca.crt"],
               check=True, stderr=subprocess.DEVNULL)
(folder / "token").write_text(TOKEN, encoding="utf-8")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder / "ca.crt", folder / "key")
server.socket = context.wrap_socket(server.socket, server_side=True)
(folder / "new").write_text(str(server.server_address[1]), encoding="utf-8")
os.rename(folder / "new", folder / "port")
server.serve_forever()
