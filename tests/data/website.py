"""A website on this machine, which tests reach by https URLs of any host name."""

import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter

SEND = HTTPAdapter.send


class Pages(SimpleHTTPRequestHandler):
    """A folder's files; /to/URL redirects to the URL, /round to itself, /packed/FILE calls a file packed."""

    def do_GET(self):
        if self.path.startswith(("/to/", "/round")):
            self.send_response(302)
            self.send_header("Location", "/round" if self.path == "/round" else self.path[len("/to/") :])
            self.end_headers()
            return
        self.packed = self.path.startswith("/packed/")
        self.path = self.path[len("/packed") :] if self.packed else self.path
        super().do_GET()

    def end_headers(self):
        if getattr(self, "packed", False):
            self.send_header("Content-Encoding", "gzip")
        super().end_headers()

    def log_message(self, *_):
        """Nothing."""


@contextmanager
def served(folder):
    """Serve a folder; gives the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def sending_to(port):
    """What stands in for requests' way to send: all .test hosts, asked by https, are the local website."""

    def send(adapter, request, **how):
        parts = urlsplit(request.url)
        if parts.hostname.endswith(".test"):
            assert parts.scheme == "https", request.url
            request.url = f"http://127.0.0.1:{port}{parts.path}"
        return SEND(adapter, request, **how)

    return send
